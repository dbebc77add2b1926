import type { ByteString } from '#bytes/utf8.ts';

/*
 * What the series store hands to the exposition formats. Everything textual here is a ByteString; everything is
 * read-only to the formats. The store changes a family only between renderings of a slice (one event loop, no locks).
 */

export type { ByteString };

export type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped';

/** A family of the page: all series of one name. */
export interface MetricFamily {
  /** The full name, with suffixes, before output escaping (`escaping=`). */
  readonly name: ByteString;
  readonly help: ByteString;
  readonly type: MetricType;
  /** Grows with every change that can show in any format; the same object with the same version renders to the same bytes. */
  readonly version: number;
  /** In exposition order: fewer labels first, then label values bytewise, position by position. */
  readonly series: readonly Series[];
}

/** The labels of a series without `le` and `quantile`, sorted bytewise by name; shared by all series that have the same. */
export interface LabelSet {
  readonly names: readonly ByteString[];
  readonly values: readonly ByteString[];
  /**
   * `a="x",b="y"` with escaped values and names as they are when every name is legacy-valid; kept by the text formats
   * (undefined until first rendered, or when a name needs escaping or quoting).
   */
  text: ByteString | undefined;
}

export type Series = NumberSeries | HistogramSeries | NativeHistogramSeries | SummarySeries;

interface SeriesBase {
  readonly labels: LabelSet;
  /** Milliseconds since the epoch of the data point (signed, floor); undefined when timestamps are not sent. */
  readonly timestampMs: number | undefined;
  /** Start time in nanoseconds for created timestamps; undefined when it must not be shown. May be before 1970 (year 1 for native histograms without start time). */
  readonly createdUnixNano: bigint | undefined;
}

/** A counter, gauge or untyped sample. */
export interface NumberSeries extends SeriesBase {
  readonly kind: 'number';
  readonly value: number;
  readonly exemplar: PrometheusExemplar | undefined;
}

/** A classic histogram: `cumulativeCounts[i]` counts what is at most `upperBounds[i]`; +Inf is `count` and not listed unless the point listed it. */
export interface HistogramSeries extends SeriesBase {
  readonly kind: 'histogram';
  readonly count: number;
  readonly sum: number;
  readonly upperBounds: readonly number[];
  readonly cumulativeCounts: readonly number[];
  /** By bucket index; index `upperBounds.length` is +Inf. Undefined when there are none at all. */
  readonly exemplars: readonly (PrometheusExemplar | undefined)[] | undefined;
}

/** A native histogram. The text formats show +Inf, sum and count, and the classic buckets when there are any (`classic_buckets`). */
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
  /** Whether the protobuf formats show the classic buckets too, next to the native ones. */
  readonly hasClassicInProtobuf?: boolean;
}

/** Spans and deltas as in Prometheus' protobuf. */
export interface NativeBuckets {
  readonly spans: readonly { readonly offset: number; readonly length: number }[];
  readonly deltas: readonly number[];
}

export interface SummarySeries extends SeriesBase {
  readonly kind: 'summary';
  readonly count: number;
  readonly sum: number;
  readonly quantiles: readonly number[];
  readonly values: readonly number[];
}

/** `labels` is trace_id and span_id, hex, each only when present; both absent means the text formats leave it out. */
export interface PrometheusExemplar {
  readonly traceId: string;
  readonly spanId: string;
  readonly value: number;
  readonly timeUnixNano: bigint;
}
