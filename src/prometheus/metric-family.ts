import type { ByteString } from '#bytes/utf8.ts';

/*
 * Data that the series store passes to the exposition formats. All text is a ByteString, and the formats must not
 * change anything. The store changes a family only between slices of a rendering (one event loop, no locks).
 */

export type { ByteString };

export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped';

/** A metric family of the `/metrics` output: all series of one name. */
export interface MetricFamily {
  /** Full name with suffixes, before output escaping (`escaping=`). */
  readonly name: ByteString;
  readonly help: ByteString;
  readonly type: MetricType;
  /**
   * Increases with every change that is visible in any format. The same object with the same version renders to the
   * same bytes.
   */
  readonly version: number;
  /** In exposition order: fewer labels first, then label values bytewise, label by label. */
  readonly series: readonly Series[];
}

/**
 * Labels of a series without `le` and `quantile`, sorted bytewise by name. Series with the same labels share one
 * object.
 */
export interface LabelSet {
  readonly names: readonly ByteString[];
  readonly values: readonly ByteString[];
  /**
   * Text of the labels, `a="x",b="y"`, with escaped values and unescaped names. Cached by the text formats; undefined
   * before the first rendering, and if a name must be escaped or quoted.
   */
  text: ByteString | undefined;
}

export type Series = NumberSeries | HistogramSeries | NativeHistogramSeries | SummarySeries;

interface SeriesBase {
  readonly labels: LabelSet;
  /**
   * Time of the data point in milliseconds since the epoch (signed, rounded down). Undefined if timestamps are not
   * sent.
   */
  readonly timestampMs: number | undefined;
  /**
   * Start time in nanoseconds, for created timestamps. Undefined if it must not be shown. Can be before 1970 (year 1
   * for native histograms without a start time).
   */
  readonly createdUnixNano: bigint | undefined;
}

/** A counter, a gauge, or an untyped sample. */
export interface NumberSeries extends SeriesBase {
  readonly kind: 'number';
  readonly value: number;
  readonly exemplar: PrometheusExemplar | undefined;
}

/**
 * A classic histogram. `cumulativeCounts[i]` is the number of observations less than or equal to `upperBounds[i]`.
 * `count` is the value of +Inf, which `upperBounds` contains only if the data point listed it.
 */
export interface HistogramSeries extends SeriesBase {
  readonly kind: 'histogram';
  readonly count: number;
  readonly sum: number;
  readonly upperBounds: readonly number[];
  readonly cumulativeCounts: readonly number[];
  /** By bucket index; `upperBounds.length` is the index of +Inf. Undefined if there are no exemplars. */
  readonly exemplars: readonly (PrometheusExemplar | undefined)[] | undefined;
}

/**
 * A native histogram. The text formats show +Inf, sum, and count, and the classic buckets if there are any
 * (`classic_buckets`).
 */
export interface NativeHistogramSeries extends SeriesBase {
  readonly kind: 'nativeHistogram';
  readonly count: number;
  readonly sum: number;
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly positive: NativeBuckets;
  readonly negative: NativeBuckets;
  readonly exemplars: readonly PrometheusExemplar[];
  readonly classic:
    | { readonly upperBounds: readonly number[]; readonly cumulativeCounts: readonly number[] }
    | undefined;
  /** Whether the protobuf formats also show the classic buckets, in addition to the native ones. */
  readonly hasClassicInProtobuf?: boolean;
}

/** Spans and deltas, as in the protobuf message of Prometheus. */
export interface NativeBuckets {
  readonly spans: readonly { readonly offset: number; readonly length: number }[];
  readonly deltas: readonly number[];
}

/** A series of a summary. `quantiles` and `values` have the same length. */
export interface SummarySeries extends SeriesBase {
  readonly kind: 'summary';
  readonly count: number;
  readonly sum: number;
  readonly quantiles: readonly number[];
  readonly values: readonly number[];
}

/**
 * `labels` contains trace_id and span_id in hex, each only if it is present. The text formats omit an exemplar without
 * labels.
 */
export interface PrometheusExemplar {
  readonly traceId: string;
  readonly spanId: string;
  readonly value: number;
  readonly timeUnixNano: bigint;
}
