import type { Host } from '#component/component.ts';
import type { Slices } from '#flow/slices.ts';
import type { Attributes } from '#pdata/attributes.ts';
import type { DataPoint, InstrumentationScope, Metric, Resource } from '#pdata/metrics.ts';
import type { ResourceIdentity } from '#prometheus/from-otlp/target-identity.ts';
import type { LabelSet, MetricFamily } from '#prometheus/metric-family.ts';
import type { AppendOutcome } from './outcome.ts';
import type { SeriesRecord } from './stored-series.ts';

/*
 * Determines how points become the value of a series. The store finds the series of a point by the Collector's
 * signature (metric name, data type, scope, attributes, job, instance) and manages families, labels, expiration, and
 * limits. A policy determines the effect of a point on its series. There are two: `last-value/` (same as the Collector)
 * and `accumulation/`.
 *
 * `create-policy.ts` creates a policy from the configuration. The order of calls is: `start` once, with the store,
 * before any point; then for each request `admit` for each metric, `create`/`accept`/`end` of its rule for each point,
 * and `commit` once; `refresh` at the beginning of each scrape and of each sweep; `scrapeBegan` and `scrapeCompleted`
 * around a scrape; `shutdown` last. Everything happens on the event loop: no call begins while another one runs, except
 * between the slices of `refresh` and `totalsOf`.
 *
 * A policy's series are its own subclasses of SeriesRecord. Each implements one of the exposition's Series interfaces
 * and stores whatever the policy requires; the store does not read that. Both policies must pass
 * `test/contracts/policy.ts`.
 */
export interface SeriesPolicy {
  /** Keys of resource attributes that only identify a process. The store does not use them for job, instance, and labels. */
  readonly processAttributes: ReadonlySet<string>;
  /** Set if all points with the same labels share one series, regardless of their OTLP identity. */
  readonly merging: MergingPolicy | undefined;
  /**
   * Opens storage and restores series with `series.restore`.
   * @throws Error whose message is shown to the user
   */
  start(host: Host, series: SeriesRegistry): Promise<void>;
  /**
   * Returns the reason why every point of this metric is dropped, for example an unsupported temporality, or undefined.
   */
  admit(metric: Metric): AppendOutcome | undefined;
  /** Returns the rule for the points of a metric. It is the same object for the same data type and monotonicity. */
  ruleFor(metric: Metric): SeriesRule;
  /** Called when points of a resource arrive that is new to the store. */
  resourceSeen(resource: ResourceIdentity): void;
  /** Ends one request. Returns a promise that settles when its contributions are on disk; undefined if nothing is pending. */
  commit(): Promise<void> | undefined;
  /**
   * Returns a promise that settles (never rejects) when everything accepted so far is on disk or could not be written.
   * Undefined if nothing is pending. The exporter awaits it between rendering a scrape response and sending it: if a
   * crash lost totals that Prometheus has received, they would decrease and appear to be reset.
   */
  settled(): Promise<void> | undefined;
  /** Discards idle streams and ends initial zeros, in slices. `nowMs` is the monotonic clock. */
  refresh(nowMs: number): Slices<void>;
  /** Returns the family as it is shown to requests that are not from a scraper: without initial zeros. In slices. */
  totalsOf(family: MetricFamily): Slices<MetricFamily>;
  /** Called when a scraper has begun a scrape. */
  scrapeBegan(scraper: string): void;
  /** Called when the scrape with number `scrape` has been sent completely to that scraper. */
  scrapeCompleted(scraper: string, scrape: number): void;
  /** Called before an expired series is removed: discards what would take long, in slices. Points can arrive in the meantime. */
  expiring?(series: SeriesRecord): Slices<void>;
  /** Called when the store has removed the series (expired or ended). Its data on disk is deleted. */
  removed(series: SeriesRecord): void;
  /** Flushes and closes. Can be called twice or before `start`. */
  shutdown(deadline: AbortSignal): Promise<void>;
}

/** Determines how one series shows all points with the same labels. */
export interface MergingPolicy {
  /**
   * Creates the record for points with another OTLP identity. `series` shows them; if it is undefined, the labels
   * belong to a series of another data type, and the points are dropped. `identityHash` is the hash of the OTLP
   * identity.
   */
  alias(labels: LabelSet, identityHash: number, series: SeriesRecord | undefined): SeriesRecord;
}

export type DataType = Exclude<Metric['type'], 'Empty'>;

/** Determines the effect of points of one data type. */
export interface SeriesRule {
  /**
   * Creates a series without points. `accept` with its first point follows immediately, or the policy restores it
   * (`restore`). `identityHash` is the hash of the OTLP identity, 0 if the policy does not merge series.
   */
  create(labels: LabelSet, identity: SeriesIdentity, identityHash: number): SeriesRecord;
  /**
   * Evaluates a point of the series (never one with NoRecordedValue). The point must not be retained. Its arrays
   * (bucket counts, bounds) and exemplars can be retained, because they are immutable.
   */
  accept(series: SeriesRecord, point: DataPoint, context: PointContext): AppendOutcome;
  /** Handles a NoRecordedValue point. `remove`: the store removes the series; `keep`: the series remains. */
  end(series: SeriesRecord, point: DataPoint, context: PointContext): 'remove' | 'keep';
  /**
   * Returns the time after its last accepted point at which the series disappears, ms. Infinity keeps it; 0 hides it
   * always.
   */
  expirationMs(series: SeriesRecord): number;
}

/** Context of a point. One object is reused for all points and must not be retained. */
export interface PointContext {
  readonly metric: Metric;
  /** Differs between two metrics, even within one message. */
  readonly metricNumber: number;
  /** Identifies the process; `''` without process attributes. */
  readonly process: string;
  /** Hash of a resource without process attributes. 0 with them. */
  readonly resourceHash: number;
  /** Monotonic ms at which the request arrived. */
  readonly arrivalMs: number;
  /** Wall clock, ms since the Unix epoch. */
  readonly nowUnixMs: number;
  /** Number of scrapes that had begun when the request arrived. */
  readonly scrape: number;
}

/**
 * The decoded identity of a series: sufficient to store it and to find the same series after a restart. `create` can
 * read it, but must not retain it.
 */
export interface SeriesIdentity {
  /** Can contain process attributes, which are not part of the identity. */
  readonly resource: Resource;
  readonly scope: InstrumentationScope;
  /** Schema URL of the ScopeMetrics. */
  readonly schemaUrl: string;
  /** Type, descriptor, monotonicity, and temporality. Its data points are ignored. */
  readonly metric: Metric;
  readonly attributes: Attributes;
}

/** The store, as a policy uses it. */
export interface SeriesRegistry {
  /**
   * Returns the series of that identity, and creates it with the policy's own rule if it does not exist. `arrivalMs`:
   * monotonic time from which it expires. Undefined if `max_series` is reached.
   */
  restore(identity: SeriesIdentity, arrivalMs: number): SeriesRecord | undefined;
  /** Call when the shown value has changed outside of `accept`. */
  changed(series: SeriesRecord): void;
}
