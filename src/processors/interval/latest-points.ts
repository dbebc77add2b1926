import { addedUp } from '#pdata/add-points.ts';
import { withDataPoints } from '#pdata/map-points.ts';
import { type DataPoint, type Metric, type Metrics, type ResourceMetrics, temporality } from '#pdata/metrics.ts';
import { attributesIdentity, type PointEnvelope, streamIdentity } from '#pdata/stream-identity.ts';

interface KeptMetric {
  /** The metric as it arrived first, without its points. */
  readonly metric: Metric;
  readonly points: Map<string, DataPoint>;
}

interface KeptScope {
  readonly scope: ResourceMetrics['scopeMetrics'][number];
  readonly metrics: Map<string, KeptMetric>;
}

interface KeptResource {
  readonly resource: ResourceMetrics;
  readonly scopes: Map<string, KeptScope>;
}

/** The latest point of each stream, or the sum of its deltas, since the last `take`. */
export class LatestPoints {
  #resources = new Map<string, KeptResource>();
  #size = 0;

  /** Number of streams. */
  get size(): number {
    return this.#size;
  }

  /** Adds the points of a metric. */
  add(metric: Metric, resource: ResourceMetrics, scopeMetrics: ResourceMetrics['scopeMetrics'][number]): void {
    const { scope } = scopeMetrics;
    const envelope: PointEnvelope = { resource: resource.resource, scope, metric };
    const { points } = this.#metricOf(metric, resource, scopeMetrics);
    const isDelta = 'aggregationTemporality' in metric && metric.aggregationTemporality !== temporality.cumulative;
    for (const point of metric.dataPoints as readonly DataPoint[]) {
      const key = streamIdentity(point, envelope);
      const kept = points.get(key);
      if (kept === undefined) {
        points.set(key, point);
        this.#size += 1;
      } else if (isDelta) {
        points.set(key, joined(metric.type, kept, point));
      } else if (point.timeUnixNano > kept.timeUnixNano) {
        points.set(key, point);
      }
    }
  }

  /** Returns all points and forgets them. */
  take(): Metrics {
    const resourceMetrics = [...this.#resources.values()].map(({ resource, scopes }) => ({
      ...resource,
      scopeMetrics: [...scopes.values()].map(({ scope, metrics }) => ({
        ...scope,
        metrics: [...metrics.values()].map(({ metric, points }) => withDataPoints(metric, [...points.values()])),
      })),
    }));
    const dataPointCount = this.#size;
    this.#resources = new Map();
    this.#size = 0;
    return { resourceMetrics, dataPointCount };
  }

  #metricOf(metric: Metric, resource: ResourceMetrics, scope: ResourceMetrics['scopeMetrics'][number]): KeptMetric {
    const resourceKey = attributesIdentity(resource.resource.attributes);
    let keptResource = this.#resources.get(resourceKey);
    if (keptResource === undefined) {
      keptResource = { resource, scopes: new Map() };
      this.#resources.set(resourceKey, keptResource);
    }
    const { name, version, attributes } = scope.scope;
    const scopeKey = JSON.stringify([name, version, attributesIdentity(attributes)]);
    let keptScope = keptResource.scopes.get(scopeKey);
    if (keptScope === undefined) {
      keptScope = { scope, metrics: new Map() };
      keptResource.scopes.set(scopeKey, keptScope);
    }
    const { descriptor, type } = metric;
    const kind = type === 'Sum' ? metric.isMonotonic : '';
    const temporalityOf = 'aggregationTemporality' in metric ? metric.aggregationTemporality : '';
    const metricKey = JSON.stringify([descriptor.name, descriptor.unit, type, kind, temporalityOf]);
    let kept = keptScope.metrics.get(metricKey);
    if (kept === undefined) {
      kept = { metric, points: new Map() };
      keptScope.metrics.set(metricKey, kept);
    }
    return kept;
  }
}

/** Adds a delta to the kept one. The result spans both. */
function joined(type: Metric['type'], kept: DataPoint, point: DataPoint): DataPoint {
  const { startTimeUnixNano, timeUnixNano } = kept;
  const isEarlier = point.startTimeUnixNano < startTimeUnixNano || startTimeUnixNano === 0n;
  return {
    ...addedUp(type, kept, point),
    startTimeUnixNano: isEarlier ? point.startTimeUnixNano : startTimeUnixNano,
    timeUnixNano: point.timeUnixNano > timeUnixNano ? point.timeUnixNano : timeUnixNano,
  };
}
