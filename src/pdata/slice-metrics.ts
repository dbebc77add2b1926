import type { Attributes } from './attributes.ts';
import type {
  DataPoint,
  ExponentialHistogramDataPoint,
  HistogramDataPoint,
  Metric,
  Metrics,
  NumberDataPoint,
  ResourceMetrics,
  ScopeMetrics,
  SummaryDataPoint,
} from './metrics.ts';

/** Bounds, counts, quantiles, exemplars, or attributes of a point that cost about as much as a point. */
const partsPerElement = 32;
/** The same for attributes of a resource or scope. */
const attributesPerElement = 16;

/** Bytes of long texts that cost about as much as a point: they are hashed, compared, and checked for UTF-8. */
const bytesPerElement = 512;

/** Returns the cost of a point, in elements: 1, or more if it has long lists or texts. */
function elementsOf(type: Metric['type'], point: DataPoint): number {
  let parts = point.attributes.entries.length;
  switch (type) {
    case 'Histogram': {
      const { bucketCounts, explicitBounds, exemplars } = point as HistogramDataPoint;
      parts += bucketCounts.length + explicitBounds.length + exemplars.length;
      break;
    }
    case 'ExponentialHistogram': {
      const { positive, negative, exemplars } = point as ExponentialHistogramDataPoint;
      parts += positive.bucketCounts.length + negative.bucketCounts.length + exemplars.length;
      break;
    }
    case 'Summary':
      parts += (point as SummaryDataPoint).quantileValues.length;
      break;
    default:
      parts += (point as NumberDataPoint).exemplars.length;
  }
  return 1 + Math.floor(parts / partsPerElement) + Math.floor((point.attributes.bytes ?? 0) / bytesPerElement);
}

/** Returns the cost of a metric without its points, in elements: 1, or more if its texts are long. */
function elementsOfMetric({ descriptor: { name, description, unit } }: Metric): number {
  return 1 + Math.floor((name.length + description.length + unit.length) / bytesPerElement);
}

/** Elements of a request that cost something to go through: resources, scopes, metrics, and data points. Stops counting above `most`. */
export function countElements({ resourceMetrics, dataPointCount }: Metrics, most: number): number {
  let elements = dataPointCount + resourceMetrics.length;
  for (let i = 0; i < resourceMetrics.length && elements <= most; i++) {
    const { resource, scopeMetrics } = resourceMetrics[i]!;
    elements += scopeMetrics.length + manyAttributes(resource);
    for (let k = 0; k < scopeMetrics.length && elements <= most; k++) {
      const { scope, metrics } = scopeMetrics[k]!;
      elements += manyAttributes(scope);
      for (let m = 0; m < metrics.length && elements <= most; m++) {
        elements += elementsOfMetric(metrics[m]!) + longLists(metrics[m]!, most);
      }
    }
  }
  return elements;
}

/** Returns the cost of the attributes of a resource or scope, in elements, in addition to one: they are sorted, hashed, and joined. */
function manyAttributes({ attributes: { entries } }: { readonly attributes: Attributes }): number {
  let bytes = 0;
  for (const { key, value } of entries) bytes += key.length + (typeof value === 'string' ? value.length : 0);
  return Math.floor(entries.length / attributesPerElement) + Math.floor(bytes / bytesPerElement);
}

/** Returns the cost of the points of a metric, in elements, in addition to one each. Stops counting above `most`. */
function longLists({ type, dataPoints }: Metric, most: number): number {
  let elements = 0;
  for (let i = 0; i < dataPoints.length && elements <= most; i++) elements += elementsOf(type, dataPoints[i]!) - 1;
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
    this.#elements += 1 + manyAttributes(resource.resource);
  }

  beginScope(scope: ScopeMetrics): void {
    this.#scope = scope;
    this.#metrics = undefined;
    this.#elements += 1 + manyAttributes(scope.scope);
  }

  /**
   * Adds points of a metric, beginning at index `from`.
   * @returns the index of the first point that does not fit
   */
  add(metric: Metric, from: number): number {
    const { type, dataPoints } = metric;
    this.#elements += elementsOfMetric(metric);
    let until = from;
    // At least one, so that a slice with little space left does not stay empty.
    do {
      if (until < dataPoints.length) this.#elements += elementsOf(type, dataPoints[until++]!);
    } while (until < dataPoints.length && this.#elements < this.#size);
    const isWhole = from === 0 && until === dataPoints.length;
    const part = isWhole ? metric : ({ ...metric, dataPoints: dataPoints.slice(from, until) } as Metric);
    this.#metricsOfScope().push(part);
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
