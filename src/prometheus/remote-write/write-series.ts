import type { ByteString, NativeBuckets } from '../metric-family.ts';

/*
 * Series as Remote Write sends them. All text is a ByteString, so that text that is not valid UTF-8 reaches the wire
 * unchanged.
 */

/** Labels in the order of the wire: sorted bytewise by name, with `__name__`. */
export interface WriteLabels {
  readonly names: readonly ByteString[];
  readonly values: readonly ByteString[];
}

/** One series of a request. */
export interface WriteSeries {
  readonly labels: WriteLabels;
  /** Oldest first. */
  readonly samples: readonly WriteSample[];
  /** Native histograms, oldest first. A series has either samples or histograms. */
  readonly histograms: readonly WriteHistogram[];
  readonly exemplars: readonly WriteExemplar[];
  /** Only Remote Write 2.0 sends it with the series. */
  readonly metadata: SeriesMetadata;
}

/** Value of a stale marker, which ends a series in Prometheus. It is a NaN with special bits. */
export const staleMarker = 'stale';

/** Schema of native histograms with custom buckets. */
export const customSchema = -53;

/** Times are milliseconds since the epoch. `startMs` is 0 if there is no start time; only Remote Write 2.0 sends it. */
export interface WriteSample {
  readonly value: number | typeof staleMarker;
  readonly timestampMs: number;
  readonly startMs: number;
}

/** A native histogram with counts that are whole numbers. If it is stale, only schema and time matter. */
export interface WriteHistogram {
  readonly isStale: boolean;
  readonly count: number;
  readonly sum: number;
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly positive: NativeBuckets;
  readonly negative: NativeBuckets;
  /** Upper bounds of custom buckets. Undefined if the schema is exponential. */
  readonly customBounds?: readonly number[];
  readonly timestampMs: number;
  readonly startMs: number;
}

/** An exemplar of Remote Write. */
export interface WriteExemplar {
  readonly labels: WriteLabels;
  readonly value: number;
  readonly timestampMs: number;
}

/** Types by their number in both versions of the protocol. */
export const metadataType = {
  unknown: 0,
  counter: 1,
  gauge: 2,
  histogram: 3,
  summary: 5,
  info: 6,
  stateset: 7,
} as const;

/** Describes the metric of a series. */
export interface SeriesMetadata {
  readonly type: number;
  readonly help: ByteString;
  readonly unit: ByteString;
}

/** Describes a metric in Remote Write 1.0, which sends metadata in separate messages. */
export interface FamilyMetadata extends SeriesMetadata {
  readonly name: ByteString;
}
