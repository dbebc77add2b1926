import type { DataPoint, Metric, Metrics, ResourceMetrics, ScopeMetrics } from '#pdata/metrics.ts';
import type { FilterConfig } from './config.ts';
import type { Drops, FilteredSignal } from './filter.ts';
import { keptItems } from './kept.ts';
import { metricSelection } from './metric-matcher.ts';

/** @throws Error for invalid older settings */
export function filteredMetrics(config: FilterConfig): FilteredSignal<Metrics> {
  const keeps = metricSelection(config.metrics);
  return {
    signal: 'metrics',
    counter: [
      'otelcol_processor_filter_datapoints_filtered',
      'Number of metric data points dropped by the filter processor',
    ],
    count: ({ dataPointCount }) => dataPointCount,
    filter: filterMetrics,
    keeps: keeps && (({ metric, resource }) => keeps(metric.descriptor.name, resource)),
    item: 'metric',
  };
}

function filterMetrics(metrics: Metrics, drops: Drops): Metrics | undefined {
  const resourceMetrics = keptItems(metrics.resourceMetrics, (each) => keptResource(each, drops));
  if (resourceMetrics === metrics.resourceMetrics) return metrics;
  if (resourceMetrics.length === 0) return undefined;
  let dataPointCount = 0;
  for (const { scopeMetrics } of resourceMetrics) {
    for (const scope of scopeMetrics) for (const metric of scope.metrics) dataPointCount += metric.dataPoints.length;
  }
  return { resourceMetrics, dataPointCount };
}

function keptResource(each: ResourceMetrics, drops: Drops): ResourceMetrics | undefined {
  const { context } = drops;
  context.resource = each.resource;
  context.resourceSchemaUrl = each.schemaUrl;
  if (drops.drops('resource')) return undefined;
  const isDeeper = drops.has('scope') || drops.has('metric') || drops.has('datapoint');
  const scopeMetrics = isDeeper ? keptItems(each.scopeMetrics, (scope) => keptScope(scope, drops)) : each.scopeMetrics;
  if (scopeMetrics.length === 0) return undefined;
  return scopeMetrics === each.scopeMetrics ? each : { ...each, scopeMetrics };
}

function keptScope(each: ScopeMetrics, drops: Drops): ScopeMetrics | undefined {
  const { context } = drops;
  context.scope = each.scope;
  context.scopeSchemaUrl = each.schemaUrl;
  if (drops.drops('scope')) return undefined;
  const isDeeper = drops.has('metric') || drops.has('datapoint');
  const metrics = isDeeper ? keptItems(each.metrics, (metric) => keptMetric(metric, drops)) : each.metrics;
  if (metrics.length === 0) return undefined;
  return metrics === each.metrics ? each : { ...each, metrics };
}

function keptMetric(metric: Metric, drops: Drops): Metric | undefined {
  const { context } = drops;
  context.metric = metric;
  if (drops.drops('metric')) return undefined;
  if (!drops.has('datapoint') || metric.type === 'Empty') return metric;
  const points: readonly DataPoint[] = metric.dataPoints;
  const dataPoints = keptItems(points, (point) => {
    context.point = point;
    return drops.drops('datapoint') ? undefined : point;
  });
  if (dataPoints.length === 0) return undefined;
  return dataPoints === points ? metric : ({ ...metric, dataPoints } as unknown as Metric);
}
