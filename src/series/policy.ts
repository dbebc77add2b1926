import type { Host } from '#component/component.ts';
import type { Attributes } from '#pdata/attributes.ts';
import type { DataPoint, InstrumentationScope, Metric, Resource } from '#pdata/metrics.ts';
import type { LabelSet } from '#prometheus/metric-family.ts';
import type { AppendOutcome } from './outcome.ts';
import type { SeriesRecord } from './stored-series.ts';

/*
 * How points become the value that a series shows. The store finds the series of a point (by the collector's signature:
 * metric name, data type, scope, attributes, job, instance) and keeps families, labels, expiry and bounds; a policy decides
 * what a point does to it. There are two: `last-value.ts` (the collector's) and `sum-of-streams.ts` (accumulation).
 *
 * A policy is plugged in by `create-policy.ts`, which builds it from the configuration. The order of
 * calls is: `start` once, with the store, before any point; then for each request `admit` for each metric, `create`/`accept`/`end`
 * of its rule for each point, and `commit` once; `refresh` at the beginning of each scrape and of each sweep; `scraped` after
 * each complete scrape; `shutdown` last. Everything happens on the event loop: nothing here is called while another call runs.
 *
 * A policy's series are its own subclasses of SeriesRecord, each of which implements one of the exposition's Series interfaces
 * and holds whatever the policy must remember: the store never looks inside. Both policies must pass `test/contracts/policy.ts`.
 */
export interface SeriesPolicy {
  /** Keys of resource attributes that only tell processes apart; the store leaves them out of job, instance and labels. */
  readonly processAttributes: ReadonlySet<string>;
  /** Opens storage and restores series with `series.restore`. Rejects with an Error that the user is shown. */
  start(host: Host, series: SeriesRegistry): Promise<void>;
  /** Why every point of this metric is refused, or undefined (an unsupported temporality, for example). */
  admit(metric: Metric): AppendOutcome | undefined;
  /** What is done with the points of a data type. The same object each time. */
  ruleFor(type: DataType): SeriesRule;
  /** Ends one request: a promise that settles when its contributions are on disk, undefined when there is nothing to wait for. */
  commit(): Promise<void> | undefined;
  /**
   * Settles (never rejects) when all that was accepted so far is on disk or could not be written; undefined when nothing waits.
   * The exporter awaits it between rendering a page and sending it: what Prometheus has seen must not be lost by a crash,
   * or the total would fall and count as a reset.
   */
  settled(): Promise<void> | undefined;
  /** Time passes: idle streams are folded, held values shown. `nowMs` is the monotonic clock. */
  refresh(nowMs: number): void;
  /** A scrape that began as number `scrape` has been sent completely: what was born before it (`PointContext.scrape < scrape`) was carried. */
  scraped(scrape: number): void;
  /** The store has let go of the series (expired, ended, or the exporter's `forget`): whatever is on disk for it goes too. */
  removed(series: SeriesRecord): void;
  /** Flushes and closes; safe to call twice or before start. */
  shutdown(deadline: AbortSignal): Promise<void>;
}

export type DataType = Exclude<Metric['type'], 'Empty'>;

/** What a policy does with the points of one data type. */
export interface SeriesRule {
  /** A series that has seen no point yet; `accept` with its first point follows at once, or the policy fills it (`restore`). */
  create(labels: LabelSet, identity: SeriesIdentity): SeriesRecord;
  /**
   * Takes a point of the series (never one with NoRecordedValue) and says what became of it. The point must not be kept;
   * its arrays (bucket counts, bounds) and exemplars may be, since they are immutable.
   */
  accept(series: SeriesRecord, point: DataPoint, context: PointContext): AppendOutcome;
  /** Takes a NoRecordedValue point. `remove`: the store forgets the series; `keep`: it stays. */
  end(series: SeriesRecord, point: DataPoint, context: PointContext): 'remove' | 'keep';
  /** How long the series is served after its last accepted point, in ms; Infinity: for ever; 0: not at all. */
  expirationMs(series: SeriesRecord): number;
}

/** What a point comes with. One object is reused for all points: it must not be kept. */
export interface PointContext {
  readonly metric: Metric;
  /** Canonical text of the sender's process attributes; `''` when it has none. */
  readonly process: string;
  /** Monotonic clock, ms: when the request arrived. */
  readonly arrivalMs: number;
  /** Wall clock, ms since the epoch. */
  readonly nowUnixMs: number;
  /** How many scrapes had begun when the request arrived. */
  readonly scrape: number;
}

/**
 * What identifies a series, as the sender's own objects: enough to write it down and to find the same series after a restart.
 * `create` gets it to read, not to keep.
 */
export interface SeriesIdentity {
  /** Process attributes may be among its attributes; the store leaves them out. */
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
  /** Of the ScopeMetrics. */
  readonly schemaUrl: string;
  /** Type, descriptor, monotonicity and temporality; its data points do not matter. */
  readonly metric: Metric;
  readonly attributes: Attributes;
}

/** The store, as a policy sees it. */
export interface SeriesRegistry {
  /**
   * The series of that identity, created by the policy's own rule when it does not exist. `arrivalMs`: monotonic time from
   * which it expires. Undefined when the bound on series is reached.
   */
  restore(identity: SeriesIdentity, arrivalMs: number): SeriesRecord | undefined;
  /** Something that the series shows has changed outside of `accept`. */
  changed(series: SeriesRecord): void;
}
