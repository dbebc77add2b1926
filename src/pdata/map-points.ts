import type { DataPoint, Metric, Metrics } from './metrics.ts';
import type { PointEnvelope } from './stream-identity.ts';

/** Returns the replacement of a metric, or undefined to remove it. */
export type MetricMapper = (metric: Metric, envelope: Omit<PointEnvelope, 'metric'>) => Metric | undefined;

/** Returns a request whose metrics are replaced one by one. Omits scopes and resources that become empty. */
export function mapMetrics({ resourceMetrics }: Metrics, change: MetricMapper): Metrics {
  let dataPointCount = 0;
  const resources = resourceMetrics.flatMap((resource) => {
    const scopeMetrics = resource.scopeMetrics.flatMap((scope) => {
      const envelope = { resource: resource.resource, scope: scope.scope };
      const metrics = scope.metrics.flatMap((metric) => change(metric, envelope) ?? []);
      for (const metric of metrics) dataPointCount += metric.dataPoints.length;
      return metrics.length > 0 ? [{ ...scope, metrics }] : [];
    });
    return scopeMetrics.length > 0 ? [{ ...resource, scopeMetrics }] : [];
  });
  return { resourceMetrics: resources, dataPointCount };
}

/** Returns a metric with other data points of its own type. */
export function withDataPoints(metric: Metric, dataPoints: readonly DataPoint[], changes: object = {}): Metric {
  return { ...metric, ...changes, dataPoints } as unknown as Metric;
}
