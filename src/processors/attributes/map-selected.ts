import { logSelection, metricSelection, spanSelection } from '#filterset/item-selection.ts';
import type { Logs } from '#pdata/logs.ts';
import { withDataPoints } from '#pdata/map-points.ts';
import type { DataPoint, Metrics } from '#pdata/metrics.ts';
import type { Traces } from '#pdata/traces.ts';
import type { MapSelected } from './attributes-processor.ts';
import type { AttributesConfig } from './config.ts';

/**
 * Maps the data points of the selected metrics.
 * @throws Error if a setting is invalid for metrics
 */
export function mapSelectedMetrics(config: AttributesConfig): MapSelected<Metrics> {
  const selects = metricSelection(config);
  return (data, edit) => ({
    ...data,
    resourceMetrics: data.resourceMetrics.map((part) => ({
      ...part,
      scopeMetrics: part.scopeMetrics.map((scopePart) => ({
        ...scopePart,
        metrics: scopePart.metrics.map((metric) => {
          if (metric.type === 'Empty' || !selects(metric, { resource: part.resource, scope: scopePart.scope }))
            return metric;
          return withDataPoints(metric, (metric.dataPoints as readonly DataPoint[]).map(edit));
        }),
      })),
    })),
  });
}

/**
 * Maps the selected spans.
 * @throws Error if a setting is invalid for spans
 */
export function mapSelectedSpans(config: AttributesConfig): MapSelected<Traces> {
  const selects = spanSelection(config);
  return (data, edit) => ({
    ...data,
    resourceSpans: data.resourceSpans.map((part) => ({
      ...part,
      scopeSpans: part.scopeSpans.map((scopePart) => ({
        ...scopePart,
        spans: scopePart.spans.map((span) =>
          selects(span, { resource: part.resource, scope: scopePart.scope }) ? edit(span) : span,
        ),
      })),
    })),
  });
}

/**
 * Maps the selected log records.
 * @throws Error if a setting is invalid for log records
 */
export function mapSelectedLogRecords(config: AttributesConfig): MapSelected<Logs> {
  const selects = logSelection(config);
  return (data, edit) => ({
    ...data,
    resourceLogs: data.resourceLogs.map((part) => ({
      ...part,
      scopeLogs: part.scopeLogs.map((scopePart) => ({
        ...scopePart,
        logRecords: scopePart.logRecords.map((record) =>
          selects(record, { resource: part.resource, scope: scopePart.scope }) ? edit(record) : record,
        ),
      })),
    })),
  });
}
