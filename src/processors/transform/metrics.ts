import type { DataPoint, Exemplar, Metric, Metrics, ResourceMetrics, ScopeMetrics } from '#pdata/metrics.ts';
import { mapChanged } from './same-or-new.ts';
import type { TransformStep } from './transform.ts';

/** Maximum number of metrics that the statements of a group can add to a scope, per existing metric. */
const maxAddedPerMetric = 16;

/** Applies statements to metrics, data points, scopes, and resources. Unchanged parts are shared. */
export function transformMetrics(metrics: Metrics, step: TransformStep): Metrics {
  const resourceMetrics = mapChanged(metrics.resourceMetrics, (each) => ofResource(each, step));
  if (resourceMetrics === metrics.resourceMetrics) return metrics;
  let dataPointCount = 0;
  for (const { scopeMetrics } of resourceMetrics) {
    for (const scope of scopeMetrics) for (const metric of scope.metrics) dataPointCount += metric.dataPoints.length;
  }
  return { resourceMetrics, dataPointCount };
}

function ofResource(each: ResourceMetrics, step: TransformStep): ResourceMetrics {
  const { context } = step;
  context.resource = each.resource;
  context.resourceSchemaUrl = each.schemaUrl;
  let { scopeMetrics } = each;
  if (step.name === 'resource') step.run(context);
  else scopeMetrics = mapChanged(scopeMetrics, (scope) => ofScope(scope, step));
  const { resource, resourceSchemaUrl: schemaUrl } = context;
  if (resource === each.resource && schemaUrl === each.schemaUrl && scopeMetrics === each.scopeMetrics) return each;
  return { resource, schemaUrl, scopeMetrics };
}

function ofScope(each: ScopeMetrics, step: TransformStep): ScopeMetrics {
  const { context } = step;
  context.scope = each.scope;
  context.scopeSchemaUrl = each.schemaUrl;
  let { metrics } = each;
  if (step.name === 'scope') step.run(context);
  else metrics = ofMetrics(metrics, step);
  const { scope, scopeSchemaUrl: schemaUrl } = context;
  if (scope === each.scope && schemaUrl === each.schemaUrl && metrics === each.metrics) return each;
  return { scope, schemaUrl, metrics };
}

/** Added metrics are at the end, and the same statements apply to them, up to a limit. */
function ofMetrics(metrics: readonly Metric[], step: TransformStep): readonly Metric[] {
  const { context } = step;
  context.added = [];
  const changed = mapChanged(metrics, (metric) => ofMetric(metric, step));
  if (context.added.length === 0) return changed;
  const all = [...changed];
  const most = metrics.length * (maxAddedPerMetric + 1);
  while (context.added.length > 0 && all.length < most) {
    const added = context.added.slice(0, most - all.length);
    context.added = [];
    for (const metric of added) all.push(ofMetric(metric, step));
  }
  if (context.added.length > 0)
    step.warn('statements add metrics to metrics that they added: stopped', { metrics: String(most) });
  return all;
}

function ofMetric(metric: Metric, step: TransformStep): Metric {
  const { context } = step;
  context.metric = metric;
  if (step.name === 'metric') {
    step.run(context);
    return context.metric;
  }
  const points: readonly DataPoint[] = metric.dataPoints;
  const dataPoints = mapChanged(points, (point) => ofPoint(point, step));
  return dataPoints === points ? context.metric : ({ ...context.metric, dataPoints } as unknown as Metric);
}

function ofPoint(point: DataPoint, step: TransformStep): DataPoint {
  const { context } = step;
  context.point = point;
  if (step.name === 'datapoint') step.run(context);
  else if (hasExemplars(point)) {
    const exemplars = mapChanged(point.exemplars, (exemplar) => ofExemplar(exemplar, step));
    // A statement can also have changed the point.
    if (exemplars !== point.exemplars) context.point = { ...context.point, exemplars } as DataPoint;
  }
  return context.point;
}

function ofExemplar(exemplar: Exemplar, { context, run }: TransformStep): Exemplar {
  context.exemplar = exemplar;
  run(context);
  return context.exemplar;
}

function hasExemplars(point: DataPoint): point is DataPoint & { readonly exemplars: readonly Exemplar[] } {
  return 'exemplars' in point;
}
