import type { DataPoint, Metric, Metrics, ResourceMetrics, ScopeMetrics } from '#pdata/metrics.ts';
import type { PointEnvelope } from '#pdata/stream-identity.ts';

/** The parts of the data of one owner that are being built. */
interface Part {
  readonly resourceMetrics: ResourceMetrics[];
  scopes: ScopeMetrics[] | undefined;
  metrics: Metric[] | undefined;
  points: DataPoint[] | undefined;
  dataPointCount: number;
}

/**
 * Divides a request by the owner of each data point. A request with one owner is returned unchanged. Metrics without
 * data points are omitted.
 */
export function splitMetrics<Owner>(
  metrics: Metrics,
  ownerOf: (envelope: PointEnvelope, point: DataPoint) => Owner,
): Map<Owner, Metrics> {
  const parts = new Map<Owner, Part>();
  for (const resource of metrics.resourceMetrics) {
    for (const part of parts.values()) part.scopes = undefined;
    for (const scope of resource.scopeMetrics) {
      for (const part of parts.values()) part.metrics = undefined;
      for (const metric of scope.metrics) {
        for (const part of parts.values()) part.points = undefined;
        const envelope = { resource: resource.resource, scope: scope.scope, metric };
        for (const point of metric.dataPoints) {
          const owner = ownerOf(envelope, point);
          let part = parts.get(owner);
          if (part === undefined) {
            part = { resourceMetrics: [], scopes: undefined, metrics: undefined, points: undefined, dataPointCount: 0 };
            parts.set(owner, part);
          }
          (part.points ?? begin(part, { resource, scope, metric })).push(point);
          part.dataPointCount += 1;
        }
      }
    }
  }
  if (parts.size === 1) return new Map([...parts.keys()].map((owner) => [owner, metrics]));
  return new Map(
    [...parts].map(([owner, { resourceMetrics, dataPointCount }]) => [owner, { resourceMetrics, dataPointCount }]),
  );
}

/** Begins a metric of a part, and its scope and resource if necessary. Returns its points. */
function begin(
  part: Part,
  { resource, scope, metric }: { resource: ResourceMetrics; scope: ScopeMetrics; metric: Metric },
): DataPoint[] {
  const points: DataPoint[] = [];
  if (part.metrics === undefined) {
    if (part.scopes === undefined) {
      part.scopes = [];
      part.resourceMetrics.push({ ...resource, scopeMetrics: part.scopes });
    }
    part.metrics = [];
    part.scopes.push({ ...scope, metrics: part.metrics });
  }
  part.metrics.push({ ...metric, dataPoints: points } as unknown as Metric);
  part.points = points;
  return points;
}
