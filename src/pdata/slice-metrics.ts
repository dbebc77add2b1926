import type { Metric, Metrics, ResourceMetrics, ScopeMetrics } from './metrics.ts';

/**
 * Counts the elements of a request that determine the cost of processing it: resources, scopes, metrics, and data
 * points. Stops counting above `most`.
 */
export function countElements({ resourceMetrics, dataPointCount }: Metrics, most: number): number {
  let elements = dataPointCount + resourceMetrics.length;
  for (let i = 0; i < resourceMetrics.length && elements <= most; i++) {
    const { scopeMetrics } = resourceMetrics[i]!;
    elements += scopeMetrics.length;
    for (let k = 0; k < scopeMetrics.length && elements <= most; k++) elements += scopeMetrics[k]!.metrics.length;
  }
  return elements;
}

/**
 * Divides a request into requests of about `size` elements, in order and lazily. Together they have the same data
 * points. Divided resources, scopes, and metrics appear in each part.
 */
export function* sliceMetrics({ resourceMetrics }: Metrics, size: number): Generator<Metrics> {
  const slice = new Slice(size);
  for (const resource of resourceMetrics) {
    slice.beginResource(resource);
    for (const scope of resource.scopeMetrics) {
      slice.beginScope(scope);
      for (const metric of scope.metrics) {
        let from = 0;
        do {
          if (slice.isFull) yield slice.take();
          from = slice.add(metric, from);
        } while (from < metric.dataPoints.length);
      }
      if (slice.isFull) yield slice.take();
    }
    if (slice.isFull) yield slice.take();
  }
  if (!slice.isEmpty) yield slice.take();
}

type Mutable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** The current part. */
class Slice {
  readonly #size: number;
  #elements = 0;
  #points = 0;
  #resources: ResourceMetrics[] = [];
  #resource: ResourceMetrics | undefined;
  #scope: ScopeMetrics | undefined;
  #scopes: ScopeMetrics[] | undefined;
  #metrics: Metric[] | undefined;

  constructor(size: number) {
    this.#size = size;
  }

  get isFull(): boolean {
    return this.#elements >= this.#size;
  }

  get isEmpty(): boolean {
    return this.#elements === 0;
  }

  beginResource(resource: ResourceMetrics): void {
    this.#resource = resource;
    this.#scopes = undefined;
    this.#elements += 1;
  }

  beginScope(scope: ScopeMetrics): void {
    this.#scope = scope;
    this.#metrics = undefined;
    this.#elements += 1;
  }

  /**
   * Adds points of a metric, beginning at index `from`.
   * @returns the index of the first point that does not fit
   */
  add(metric: Metric, from: number): number {
    const { dataPoints } = metric;
    const until = Math.min(from + Math.max(this.#size - this.#elements, 1), dataPoints.length);
    const isWhole = from === 0 && until === dataPoints.length;
    const part = isWhole ? metric : ({ ...metric, dataPoints: dataPoints.slice(from, until) } as Metric);
    this.#metricsOfScope().push(part);
    this.#elements += 1 + until - from;
    this.#points += until - from;
    return until;
  }

  take(): Metrics {
    const taken = { resourceMetrics: this.#resources, dataPointCount: this.#points };
    this.#resources = [];
    this.#scopes = undefined;
    this.#metrics = undefined;
    this.#elements = 0;
    this.#points = 0;
    return taken;
  }

  #metricsOfScope(): Metric[] {
    if (this.#metrics === undefined) {
      if (this.#scopes === undefined) {
        this.#scopes = [];
        const resource: Mutable<ResourceMetrics> = { ...this.#resource!, scopeMetrics: this.#scopes };
        this.#resources.push(resource);
      }
      this.#metrics = [];
      this.#scopes.push({ ...this.#scope!, metrics: this.#metrics });
    }
    return this.#metrics;
  }
}
