import type { Host } from '#component/component.ts';
import type { Slices } from '#flow/slices.ts';
import type { Attributes } from '#pdata/attributes.ts';
import type { DataPoint, InstrumentationScope, Metric, Resource } from '#pdata/metrics.ts';
import type { ResourceIdentity } from '#prometheus/from-otlp/target-identity.ts';
import type { LabelSet, MetricFamily } from '#prometheus/metric-family.ts';
import type { AppendOutcome } from './outcome.ts';
import type { SeriesRecord } from './stored-series.ts';

/*
 * How points become the value that a series shows. The store finds the series of a point by the Collector's signature (metric name, data type,
 * scope, attributes, job, instance) and keeps families, labels, expiration, and limits; a policy decides what a point does to its series.
 * There are two: `last-value/` (same as the Collector) and `accumulation/`.
 *
 * `create-policy.ts` creates a policy from the configuration. The order of calls is: `start` once, with the store, before any point; then for
 * each request `admit` for each metric, `create`/`accept`/`end` of its rule for each point, and `commit` once; `refresh` at the beginning of
 * each scrape and of each sweep; `scrapeBegan` and `scrapeCompleted` around a scrape; `shutdown` last. Everything happens on the event loop:
 * nothing here is called while another call runs, except between
 * the slices of `refresh` and `totalsOf`.
 *
 * A policy's series are its own subclasses of SeriesRecord, each of which implements one of the exposition's Series interfaces and stores
 * whatever the policy requires. The store does not use it. Both policies must pass `test/contracts/policy.ts`.
 */
export interface SeriesPolicy {
  /** Keys of resource attributes that only identify a process. The store does not use them for job, instance, and labels. */
  readonly processAttributes: ReadonlySet<string>;
  /** Set if series with equal labels are one series, whatever they are made of. */
  readonly merging: MergingPolicy | undefined;
  /**
   * Opens storage and restores series with `series.restore`.
   * @throws Error whose message is shown to the user
   */
  start(host: Host, series: SeriesRegistry): Promise<void>;
  /** Why every point of this metric is dropped, for example an unsupported temporality; or undefined. */
  admit(metric: Metric): AppendOutcome | undefined;
  /** What is done with the points of a metric. The same object for the same data type and monotonicity. */
  ruleFor(metric: Metric): SeriesRule;
  /** Points of a resource arrive that is new to the store. */
  resourceSeen(resource: ResourceIdentity): void;
  /** Ends one request. Returns a promise that settles when its contributions are on disk; undefined if nothing is pending. */
  commit(): Promise<void> | undefined;
  /**
   * Settles (never rejects) when everything accepted so far is on disk or could not be written; undefined if nothing is pending. The exporter
   * awaits it between rendering a scrape response and sending it: if a crash lost what Prometheus has received, the total would fall and look
   * like a reset.
   */
  settled(): Promise<void> | undefined;
  /** Discards idle streams and ends initial zeros, in slices. `nowMs` is the monotonic clock. */
  refresh(nowMs: number): Slices<void>;
  /** Returns the family as it is shown to requests that are not from a scraper: without initial zeros. In slices. */
  totalsOf(family: MetricFamily): Slices<MetricFamily>;
  /** A scraper has begun a scrape. */
  scrapeBegan(scraper: string): void;
  /** The scrape that began as number `scrape` has been sent completely to that scraper. */
  scrapeCompleted(scraper: string, scrape: number): void;
  /** The store has removed the series (expired or ended). What is on disk for it is deleted. */
  removed(series: SeriesRecord): void;
  /** Flushes and closes; may be called twice or before start. */
  shutdown(deadline: AbortSignal): Promise<void>;
}

/** How a policy shows one series for all points that end in the same labels. */
export interface MergingPolicy {
  /**
   * Creates the record for points with another OTLP identity. `series` shows them; if it is undefined, the labels belong to a series of another
   * data type, and the points are dropped. `identityHash` is the hash of the OTLP identity.
   */
  alias(labels: LabelSet, identityHash: number, series: SeriesRecord | undefined): SeriesRecord;
}

export type DataType = Exclude<Metric['type'], 'Empty'>;

/** What a policy does with the points of one data type. */
export interface SeriesRule {
  /**
   * Creates a series that has received no point yet; `accept` with its first point follows at once, or the policy fills it (`restore`).
   * `identityHash` is the hash of the OTLP identity, 0 if the policy does not merge series.
   */
  create(labels: LabelSet, identity: SeriesIdentity, identityHash: number): SeriesRecord;
  /**
   * Evaluates a point of the series (never one with NoRecordedValue). The point must not be retained; its arrays (bucket counts, bounds) and
   * exemplars may be, since they are immutable.
   */
  accept(series: SeriesRecord, point: DataPoint, context: PointContext): AppendOutcome;
  /** Handles a NoRecordedValue point. `remove`: the store removes the series; `keep`: it stays. */
  end(series: SeriesRecord, point: DataPoint, context: PointContext): 'remove' | 'keep';
  /** Time after its last accepted point at which the series disappears, ms. Infinity: never; 0: it is never shown. */
  expirationMs(series: SeriesRecord): number;
}

/** What a point comes with. One object is reused for all points: it must not be retained. */
export interface PointContext {
  readonly metric: Metric;
  /** Differs between two metrics, also of one message. */
  readonly metricNumber: number;
  /** Identifies the process; `''` without process attributes. */
  readonly process: string;
  /** Hash of a resource without process attributes; 0 with them. */
  readonly resourceHash: number;
  /** Monotonic ms at which the request arrived. */
  readonly arrivalMs: number;
  /** Wall clock, ms since the Unix epoch. */
  readonly nowUnixMs: number;
  /** Number of scrapes that had begun when the request arrived. */
  readonly scrape: number;
}

/**
 * What identifies a series, as decoded: enough to store it and to find the same series after a restart. `create` may read it, but must not
 * retain it.
 */
export interface SeriesIdentity {
  /** May contain process attributes, which are not part of the identity. */
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
  /** Of the ScopeMetrics. */
  readonly schemaUrl: string;
  /** Type, descriptor, monotonicity and temporality; its data points do not matter. */
  readonly metric: Metric;
  readonly attributes: Attributes;
}

/** The store, as a policy uses it. */
export interface SeriesRegistry {
  /**
   * Returns the series of that identity, created by the policy's own rule if it does not exist. `arrivalMs`: monotonic time from which it
   * expires. Undefined if `max_series` is reached.
   */
  restore(identity: SeriesIdentity, arrivalMs: number): SeriesRecord | undefined;
  /** The value that the series shows has changed outside of `accept`. */
  changed(series: SeriesRecord): void;
}
