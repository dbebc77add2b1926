import type { Attributes } from '#pdata/attributes.ts';
import type { LabelSet } from '#prometheus/metric-family.ts';
import { createdTime, signedTime } from '../../point-times.ts';
import { SeriesRecord } from '../../stored-series.ts';
import type { StreamRule } from '../rules/stream-rule.ts';
import { noStreams, type StreamSet } from './stream-set.ts';

/** What finds the stream of a point among the streams of a series; see rules/identity-details.ts. */
abstract class IdentifiedRecord extends SeriesRecord {
  /** Hash of the OTLP identity of its own points, without process attributes. */
  readonly identity: number;
  /** Details of the identity of its first point. Undefined before it. */
  ownDetails: number | undefined = undefined;
  /** The attributes whose kinds of values are `latestKinds`. */
  latestAttributes: Attributes | undefined = undefined;
  latestKinds = 0;

  constructor(labels: LabelSet, identity: number) {
    super(labels);
    this.identity = identity;
  }
}

/** A series whose value results from the streams of many processes. */
export abstract class AccumulatedSeries extends IdentifiedRecord {
  /** Rule of its data type. It also encodes and decodes the stored state. */
  readonly rule: StreamRule;
  /** The active streams. The contributions of discarded streams stay in the total. */
  streams: StreamSet = noStreams;
  /** Hash of its family and labels, the same after a restart. Set by the store. */
  hash = 0;
  /** Position on the rings of a sharded pitot. 0 without sharding. */
  position = 0;
  /** Earliest start time of a stream that contributed. */
  createdUnixNano: bigint | undefined = undefined;
  /**
   * Time of the latest change of the shown value, ms since the Unix epoch by pitot's clock. Used only with
   * `send_timestamps`.
   */
  changedUnixMs = 0;
  /** Number of scrapes that had begun at that time. */
  changedScrape = 0;
  /** Whether the series is shown as 0 although it has counted; see initial-zero.ts. */
  isZeroHeld = false;
  /** Number of scrapes that had begun when the first point arrived; -1 if the series was restored. */
  createdScrape = -1;
  /** ID of its rows on disk; 0 if there are none. */
  id = 0;
  /** Whether the series has changes that are not on disk. */
  isDirty = false;

  constructor(labels: LabelSet, rule: StreamRule, identity: number) {
    super(labels, identity);
    this.rule = rule;
  }

  get timeUnixNano(): bigint {
    return BigInt(this.changedUnixMs) * 1_000_000n;
  }

  get timestampMs(): number | undefined {
    return this.variant.family.sendsTimestamps ? this.changedUnixMs : undefined;
  }

  /** Records the start time of a stream that contributed. */
  noteStart(startTimeUnixNano: bigint): void {
    const created = createdTime(signedTime(startTimeUnixNano));
    if (created === undefined) return;
    if (this.createdUnixNano === undefined || created < this.createdUnixNano) this.createdUnixNano = created;
  }

  /**
   * Records that the shown value has changed. The timestamp never decreases, and it differs from that of a scrape that
   * showed another value, even if both happen within a millisecond.
   */
  noteChange(nowUnixMs: number, scrape: number): void {
    if (!this.variant.family.sendsTimestamps || (this.isZeroHeld && this.changedUnixMs > 0)) return;
    const now = Math.floor(nowUnixMs);
    if (now > this.changedUnixMs) this.changedUnixMs = now;
    else if (scrape > this.changedScrape) this.changedUnixMs += 1;
    this.changedScrape = scrape;
  }
}

/**
 * Finds the series of points with another OTLP identity but the same labels: another scope, another spelling of a key,
 * an empty attribute, or another metric name. It has no value and is not shown.
 */
export class SeriesAlias extends IdentifiedRecord {
  /** Undefined if the labels belong to a series of another data type. Its points are then dropped. */
  readonly #series: AccumulatedSeries | undefined;

  constructor(labels: LabelSet, identity: number, series: AccumulatedSeries | undefined) {
    super(labels, identity);
    this.#series = series;
  }

  override get shownBy(): AccumulatedSeries | undefined {
    return this.#series;
  }

  get timeUnixNano(): bigint {
    return this.#series?.timeUnixNano ?? 0n;
  }
}
