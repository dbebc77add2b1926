/** A family of the `/metrics` output, or a family that is stored and hidden. Texts come from clients. */
export interface FamilyView {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** Number of stored series. */
  readonly seriesCount: number;
  /** Number of data points that have arrived for the family since the startup or since it was empty, including dropped ones. */
  readonly points: number;
  /** Reason why the family is hidden, as in `pitot_prometheus_dropped_points_total`. Undefined if it is shown. */
  readonly hiddenBy: string | undefined;
}

/** Quantile estimates and the number of observations. */
export interface HistogramView {
  readonly count: number;
  readonly sum: number;
  /** Estimates a quantile, 0 to 1, like `histogram_quantile`. NaN without observations. */
  quantile(q: number): number;
}

/**
 * One stored series. Valid during the current turn of the event loop, and afterwards while `isLive` is true. Equal keys
 * mean the same series; a key has no other meaning and can be stored in a WeakMap.
 */
export interface SeriesInstance {
  readonly key: object;
  readonly isLive: boolean;
  readonly family: FamilyView;
  /** Sorted by name. Without `le` and `quantile`. */
  readonly labels: readonly (readonly [name: string, value: string])[];
  /** The OTLP metric. */
  readonly metricName: string;
  readonly unit: string;
  /** The text of an attribute of the data points; undefined if there is none. */
  attribute(key: string): string | undefined;
  /**
   * Value of a counter, gauge, or untyped sample; number of observations of a histogram or summary. It is the actual
   * value even if the output shows the initial zero.
   */
  readonly value: number;
  readonly histogram: HistogramView | undefined;
  /** Arrival time of the latest accepted data point. */
  readonly updatedUnixMs: number;
  /** Number of active streams; undefined in last-value mode. */
  readonly streamCount: number | undefined;
}

export type ExpositionName = 'text' | 'openmetrics' | 'protobuf';

/** One step of translating an OTLP metric to a name: the applied rule, and the resulting text. */
export interface NameStep {
  readonly rule: string;
  readonly result: string;
}

/** Source of a label. */
export interface LabelOrigin {
  readonly label: string;
  readonly value: string;
  readonly from: 'attribute' | 'resource' | 'scope' | 'const_labels' | 'joined' | 'unknown';
  /** The attribute keys, or the field of the resource or scope. */
  readonly keys: readonly string[];
  /** Change of the name: for example `.` → `_`, or a prefix because the name was in use. Undefined if there is none. */
  readonly remark: string | undefined;
}

/** The contribution of one process to a series. */
export interface StreamView {
  /** Process attributes as text; empty if there are none. */
  readonly process: string;
  /** Nanoseconds since the epoch as a decimal number; `0` if unknown. Undefined for a process that sends deltas. */
  readonly startUnixNano: string | undefined;
  /** Kind as in docs/accumulation.md: fresh, forked, pre-existing, returning, … */
  readonly kind: string;
  /** Reason for that kind, in one sentence. */
  readonly reason: string;
  /** Latest value; the number of observations of a histogram. */
  readonly value: number;
  /** Value above which the stream counts. 0 if it counts in full. */
  readonly baseline: number;
  /** Monotonic age of its latest point, ms. */
  readonly idleMs: number;
}

/** The steps that lead from data points to a series. */
export interface Lineage {
  readonly metric: {
    readonly name: string;
    readonly description: string;
    readonly unit: string;
    /** OTLP data type, such as `Sum`. */
    readonly type: string;
    readonly isMonotonic: boolean;
    readonly temporality: string;
  };
  readonly scope: { readonly name: string; readonly version: string; readonly schemaUrl: string };
  readonly resource: readonly (readonly [key: string, value: string])[];
  readonly attributes: readonly (readonly [key: string, value: string])[];
  readonly naming: readonly NameStep[];
  readonly labels: readonly LabelOrigin[];
  /** Resource attributes that distinguish processes and are not labels. */
  readonly processAttributes: readonly string[];
  readonly mode: 'accumulation' | 'last value';
  /** Undefined in last-value mode. `total` is the number of active streams; `listed` contains the latest of them. */
  readonly streams: { readonly total: number; readonly listed: readonly StreamView[] } | undefined;
  /** Whether the output shows 0 because no scrape has returned the series yet. */
  readonly isInitialZero: boolean;
  /** Lines of the Collector's output for the same data, if they can be derived from the active streams. */
  readonly collector: {
    readonly note: string;
    readonly lines: readonly string[];
    /** Number of lines that are not listed. */
    readonly more: number;
  };
}

/** Dropped points, by reason and metric. Texts come from clients. */
export interface DroppedPointsView {
  readonly reason: string;
  readonly metric: string;
  /** `job/instance` of the latest client. */
  readonly target: string;
  readonly points: number;
  readonly firstUnixMs: number;
  readonly lastUnixMs: number;
}

/** Several descriptions of one name: the one that is shown, and one that is hidden. */
export interface ConflictView {
  readonly name: string;
  readonly kind: 'type' | 'help' | 'name';
  readonly shown: string;
  readonly hidden: string;
  /** Number of series with the hidden description. */
  readonly seriesCount: number;
}

/** A data point that was just applied, with its series. Valid only during the call. */
export interface TappedPoint {
  readonly unixMs: number;
  readonly metricName: string;
  readonly metricType: string;
  readonly unit: string;
  readonly job: string;
  readonly process: string;
  attributes(): readonly (readonly [key: string, value: string])[];
  valueText(): string;
  /** The line of the series in the text format. Undefined if the point was dropped or its series is hidden. */
  line(): string | undefined;
}

/** The series store of an exporter. Every member is computed on access. */
export interface SeriesView {
  readonly seriesCount: number;
  readonly familyCount: number;
  readonly targetCount: number;
  readonly maxSeries: number;
  /** Whether the contributions of processes are added up. Otherwise the latest value is kept. */
  readonly accumulates: boolean;
  families(): Iterable<FamilyView>;
  /**
   * All series in no particular order. Can be read in slices with other work in between; series that are created or
   * removed in the meantime can be missing or included.
   */
  series(): Iterable<SeriesInstance>;
  lineage(series: SeriesInstance): Lineage;
  /** Returns the current lines of a series without the comments of its family. */
  lines(series: SeriesInstance, format: ExpositionName): string;
  /** Returns `# HELP` and `# TYPE` of a family. */
  head(family: FamilyView, format: ExpositionName): string;
  drops(): readonly DroppedPointsView[];
  conflicts(): readonly ConflictView[];
  /**
   * Calls `listener` after each applied request, until the returned function is called. Has no cost without a listener.
   */
  tap(listener: (points: Iterable<TappedPoint>) => void): () => void;
}
