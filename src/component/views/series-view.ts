/** A family of the `/metrics` output, or one that is stored and hidden. Texts come from clients. */
export interface FamilyView {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  /** Number of stored series. */
  readonly seriesCount: number;
  /** Why the family is absent from the output, as in `pitot_prometheus_dropped_points_total`; undefined: it is present. */
  readonly hiddenBy: string | undefined;
}

/** How a quantile can be estimated, and how many values were counted. */
export interface HistogramView {
  readonly count: number;
  readonly sum: number;
  /** Estimates a quantile, 0 to 1, as `histogram_quantile` does; NaN without observations. */
  quantile(q: number): number;
}

/**
 * One stored series. Valid while the current turn of the event loop lasts, and afterwards while `isLive`. The same series is the
 * same `key`, which says nothing else and may be kept in a WeakMap.
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
   * Value of a counter, gauge or untyped sample; number of observations of a histogram or summary. What was counted, also while the
   * output shows the initial zero.
   */
  readonly value: number;
  readonly histogram: HistogramView | undefined;
  /** When the latest accepted data point arrived. */
  readonly updatedUnixMs: number;
  /** Number of active streams; undefined in last-value mode. */
  readonly streamCount: number | undefined;
}

export type ExpositionName = 'text' | 'openmetrics' | 'protobuf';

/** A step on the way from an OTLP metric to a name: the rule, and what it made of the text. */
export interface NameStep {
  readonly rule: string;
  readonly result: string;
}

/** Where a label comes from. */
export interface LabelOrigin {
  readonly label: string;
  readonly value: string;
  readonly from: 'attribute' | 'resource' | 'scope' | 'const_labels' | 'joined' | 'unknown';
  /** The attribute keys, or the field of the resource or scope. */
  readonly keys: readonly string[];
  /** What was done to the name: such as `.` → `_`, or a prefix because the name was taken; undefined: nothing. */
  readonly remark: string | undefined;
}

/** The contribution of one process to a series. */
export interface StreamView {
  /** Process attributes as text; empty if there are none. */
  readonly process: string;
  /** ns since the epoch, as a decimal number; `0`: unknown. Undefined for a process that sends deltas. */
  readonly startUnixNano: string | undefined;
  /** Kind as in docs/accumulation.md: fresh, forked, pre-existing, returning, … */
  readonly kind: string;
  /** Why it has that kind, in one sentence. */
  readonly reason: string;
  /** Latest value; the number of observations of a histogram. */
  readonly value: number;
  /** Value above which the stream counts; 0: in full. */
  readonly baseline: number;
  /** Monotonic age of its latest point, ms. */
  readonly idleMs: number;
}

/** How a series came about, step by step. */
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
  /** Resource attributes that tell processes apart and are in no label. */
  readonly processAttributes: readonly string[];
  readonly mode: 'accumulation' | 'last value';
  /** Undefined in last-value mode. `total`: all that are active, of which `listed` are the latest. */
  readonly streams: { readonly total: number; readonly listed: readonly StreamView[] } | undefined;
  /** Whether the output shows 0 because no scrape has returned the series yet. */
  readonly isInitialZero: boolean;
  /** The lines of the Collector's output for the same data, as far as they can be derived from the active streams. */
  readonly collector: {
    readonly note: string;
    readonly lines: readonly string[];
    /** Lines that are not listed. */
    readonly more: number;
  };
}

/** Points that were dropped, by reason and metric. Texts come from clients. */
export interface DroppedPointsView {
  readonly reason: string;
  readonly metric: string;
  /** `job/instance` of the latest client. */
  readonly target: string;
  readonly points: number;
  readonly firstUnixMs: number;
  readonly lastUnixMs: number;
}

/** Several descriptions of one name: which one is shown, and which one is not. */
export interface ConflictView {
  readonly name: string;
  readonly kind: 'type' | 'help' | 'name';
  readonly shown: string;
  readonly hidden: string;
  /** Series of the hidden side. */
  readonly seriesCount: number;
}

/** A data point that has just been applied, with the series that it went to. Valid during the call only. */
export interface TappedPoint {
  readonly unixMs: number;
  readonly metricName: string;
  readonly metricType: string;
  readonly unit: string;
  readonly job: string;
  readonly process: string;
  attributes(): readonly (readonly [key: string, value: string])[];
  valueText(): string;
  /** Its line in the text format; undefined if the point was dropped or its series is hidden. */
  line(): string | undefined;
}

/** The series store of an exporter. Every member is computed when it is asked for. */
export interface SeriesView {
  readonly seriesCount: number;
  readonly familyCount: number;
  readonly targetCount: number;
  readonly maxSeries: number;
  /** Whether processes are added up, or the latest value is kept. */
  readonly accumulates: boolean;
  families(): Iterable<FamilyView>;
  /**
   * All series, in no order. May be read in slices with other work in between: series that come or go meanwhile may be missing or
   * listed.
   */
  series(): Iterable<SeriesInstance>;
  lineage(series: SeriesInstance): Lineage;
  /** The lines of a series as they are now; without the family's comments. */
  lines(series: SeriesInstance, format: ExpositionName): string;
  /** `# HELP` and `# TYPE` of a family. */
  head(family: FamilyView, format: ExpositionName): string;
  drops(): readonly DroppedPointsView[];
  conflicts(): readonly ConflictView[];
  /** Calls `listener` after each request that was applied, until the returned function is called. Costs nothing without one. */
  tap(listener: (points: Iterable<TappedPoint>) => void): () => void;
}
