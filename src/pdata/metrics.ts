import type { Attributes } from './attributes.ts';

/*
 * OTLP metrics as plain immutable objects, named as in opentelemetry-proto. Resource, scope, descriptor and attributes
 * are interned: the same object means the same content. Nothing here refers to the bytes of a request.
 */

/** One export request, decoded whole. */
export interface Metrics {
  readonly resourceMetrics: readonly ResourceMetrics[];
  /** Number of data points in all metrics. */
  readonly dataPointCount: number;
}

export interface ResourceMetrics {
  readonly resource: Resource;
  readonly scopeMetrics: readonly ScopeMetrics[];
  readonly schemaUrl: string;
}

export interface Resource {
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly entityRefs: readonly EntityRef[];
}

export interface EntityRef {
  readonly schemaUrl: string;
  readonly type: string;
  readonly idKeys: readonly string[];
  readonly descriptionKeys: readonly string[];
}

export interface ScopeMetrics {
  readonly scope: InstrumentationScope;
  readonly metrics: readonly Metric[];
  readonly schemaUrl: string;
}

export interface InstrumentationScope {
  readonly name: string;
  readonly version: string;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
}

/** What names a metric; interned. */
export interface MetricDescriptor {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly metadata: Attributes;
}

/** A metric; `type` tells which data points it has. `Empty` is a metric without data. */
export type Metric =
  | EmptyMetric
  | GaugeMetric
  | SumMetric
  | HistogramMetric
  | ExponentialHistogramMetric
  | SummaryMetric;

interface EmptyMetric {
  readonly type: 'Empty';
  readonly descriptor: MetricDescriptor;
  readonly dataPoints: readonly never[];
}

interface GaugeMetric {
  readonly type: 'Gauge';
  readonly descriptor: MetricDescriptor;
  readonly dataPoints: readonly NumberDataPoint[];
}

export interface SumMetric {
  readonly type: 'Sum';
  readonly descriptor: MetricDescriptor;
  readonly aggregationTemporality: number;
  readonly isMonotonic: boolean;
  readonly dataPoints: readonly NumberDataPoint[];
}

export interface HistogramMetric {
  readonly type: 'Histogram';
  readonly descriptor: MetricDescriptor;
  readonly aggregationTemporality: number;
  readonly dataPoints: readonly HistogramDataPoint[];
}

export interface ExponentialHistogramMetric {
  readonly type: 'ExponentialHistogram';
  readonly descriptor: MetricDescriptor;
  readonly aggregationTemporality: number;
  readonly dataPoints: readonly ExponentialHistogramDataPoint[];
}

interface SummaryMetric {
  readonly type: 'Summary';
  readonly descriptor: MetricDescriptor;
  readonly dataPoints: readonly SummaryDataPoint[];
}

/** OTLP's enum AggregationTemporality; other numbers can arrive and are kept. */
export const temporality = { unspecified: 0, delta: 1, cumulative: 2 } as const;

/** Bit 0 of a data point's flags: the point only says that its stream has ended. */
export const noRecordedValueFlag = 1;

/** What every data point has. Times are unsigned 64-bit nanoseconds since the epoch. */
export interface DataPoint {
  readonly attributes: Attributes;
  readonly startTimeUnixNano: bigint;
  readonly timeUnixNano: bigint;
  readonly flags: number;
}

/** `value`: `bigint` for asInt, `number` for asDouble, `undefined` when the point has none. */
export interface NumberDataPoint extends DataPoint {
  readonly value: number | bigint | undefined;
  readonly exemplars: readonly Exemplar[];
}

/** Counts are whole numbers up to 2^64, given as float64 (exact to 2^53, as Prometheus has them). */
export interface HistogramDataPoint extends DataPoint {
  readonly count: number;
  readonly sum: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly bucketCounts: readonly number[];
  readonly explicitBounds: readonly number[];
  readonly exemplars: readonly Exemplar[];
}

export interface ExponentialHistogramDataPoint extends DataPoint {
  readonly count: number;
  readonly sum: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly scale: number;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  readonly positive: Buckets;
  readonly negative: Buckets;
  readonly exemplars: readonly Exemplar[];
}

/** Dense buckets of an exponential histogram: `bucketCounts[i]` belongs to index `offset + i`. */
export interface Buckets {
  readonly offset: number;
  readonly bucketCounts: readonly number[];
}

export interface SummaryDataPoint extends DataPoint {
  readonly count: number;
  readonly sum: number;
  readonly quantileValues: readonly ValueAtQuantile[];
}

export interface ValueAtQuantile {
  readonly quantile: number;
  readonly value: number;
}

/** `traceId` and `spanId` are lower-case hex, `''` when absent. */
export interface Exemplar {
  readonly filteredAttributes: Attributes;
  readonly timeUnixNano: bigint;
  readonly value: number | bigint | undefined;
  readonly spanId: string;
  readonly traceId: string;
}
