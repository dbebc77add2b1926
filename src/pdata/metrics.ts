import type { Attributes } from './attributes.ts';

/*
 * OTLP metrics as plain immutable objects, with the names of opentelemetry-proto. Resource, scope, descriptor, and
 * attributes are interned: the same object means the same content. Nothing refers to the bytes of a request.
 */

/** One export request, decoded whole. */
export interface Metrics {
  readonly resourceMetrics: readonly ResourceMetrics[];
  /** Number of data points in all metrics. */
  readonly dataPointCount: number;
}

/** ResourceMetrics of OTLP. */
export interface ResourceMetrics {
  readonly resource: Resource;
  readonly scopeMetrics: readonly ScopeMetrics[];
  readonly schemaUrl: string;
}

/** Resource of OTLP. */
export interface Resource {
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
  readonly entityRefs: readonly EntityRef[];
}

/** EntityRef of OTLP: the attributes that identify and describe an entity. */
export interface EntityRef {
  readonly schemaUrl: string;
  readonly type: string;
  readonly idKeys: readonly string[];
  readonly descriptionKeys: readonly string[];
}

/** ScopeMetrics of OTLP. */
export interface ScopeMetrics {
  readonly scope: InstrumentationScope;
  readonly metrics: readonly Metric[];
  readonly schemaUrl: string;
}

/** InstrumentationScope of OTLP. */
export interface InstrumentationScope {
  readonly name: string;
  readonly version: string;
  readonly attributes: Attributes;
  readonly droppedAttributesCount: number;
}

/** Identifying fields of a metric. Interned. */
export interface MetricDescriptor {
  readonly name: string;
  readonly description: string;
  readonly unit: string;
  readonly metadata: Attributes;
}

/** A metric. `type` determines the type of its data points; `Empty` is a metric without data. */
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

/** A metric with a Sum of OTLP. `aggregationTemporality` is the number in OTLP. */
export interface SumMetric {
  readonly type: 'Sum';
  readonly descriptor: MetricDescriptor;
  readonly aggregationTemporality: number;
  readonly isMonotonic: boolean;
  readonly dataPoints: readonly NumberDataPoint[];
}

/** A metric with a Histogram of OTLP. */
export interface HistogramMetric {
  readonly type: 'Histogram';
  readonly descriptor: MetricDescriptor;
  readonly aggregationTemporality: number;
  readonly dataPoints: readonly HistogramDataPoint[];
}

/** A metric with an ExponentialHistogram of OTLP. */
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

/** OTLP's enum AggregationTemporality. Other numbers can arrive and are preserved. */
export const temporality = { unspecified: 0, delta: 1, cumulative: 2 } as const;

/** Bit 0 of a data point's flags: the point has no value and marks the end of its stream. */
export const noRecordedValueFlag = 1;

/** Fields of every data point. Times are unsigned 64-bit nanoseconds since the epoch. */
export interface DataPoint {
  readonly attributes: Attributes;
  readonly startTimeUnixNano: bigint;
  readonly timeUnixNano: bigint;
  readonly flags: number;
}

/** `value` is a `bigint` for asInt, a `number` for asDouble, and `undefined` if the point has none. */
export interface NumberDataPoint extends DataPoint {
  readonly value: number | bigint | undefined;
  readonly exemplars: readonly Exemplar[];
}

/** Counts are whole numbers up to 2^64, stored as float64 (exact up to 2^53, same as in Prometheus). */
export interface HistogramDataPoint extends DataPoint {
  readonly count: number;
  readonly sum: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
  readonly bucketCounts: readonly number[];
  readonly explicitBounds: readonly number[];
  readonly exemplars: readonly Exemplar[];
}

/** ExponentialHistogramDataPoint of OTLP. Fields that are absent are undefined. */
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

/** SummaryDataPoint of OTLP. */
export interface SummaryDataPoint extends DataPoint {
  readonly count: number;
  readonly sum: number;
  readonly quantileValues: readonly ValueAtQuantile[];
}

/** ValueAtQuantile of OTLP. `quantile` is between 0 and 1. */
export interface ValueAtQuantile {
  readonly quantile: number;
  readonly value: number;
}

/** `traceId` and `spanId` are lower-case hex, `''` if absent. */
export interface Exemplar {
  readonly filteredAttributes: Attributes;
  readonly timeUnixNano: bigint;
  readonly value: number | bigint | undefined;
  readonly spanId: string;
  readonly traceId: string;
}
