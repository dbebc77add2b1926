import type { LabelSet } from '#prometheus/metric-family.ts';
import { createdTime, floorToMs, signedTime } from '../../point-times.ts';
import { SeriesRecord } from '../../stored-series.ts';
import type { StreamRule } from '../rules/stream-rule.ts';
import { StreamIndex } from './stream-index.ts';

/** A series whose value is added up from the streams of many processes. */
export abstract class AccumulatedSeries extends SeriesRecord {
  /** How its data type adds; it also writes and reads what is on disk. */
  readonly rule: StreamRule;
  /** The live streams. What the forgotten ones counted stays in the total. */
  readonly streams = new StreamIndex();
  /** The earliest start time that contributed. */
  createdUnixNano: bigint | undefined = undefined;
  /** Of the latest point, signed. */
  timeUnixNano = 0n;
  /** Shown as 0 although it has counted: see zero-first.ts. */
  isHeld = false;
  /** How many scrapes had begun when its first point arrived; -1: it was restored. */
  bornScrape = -1;
  /** Name of its rows on disk; 0: it has none. */
  id = 0;
  /** It has changed since it was written to disk. */
  isDirty = false;

  constructor(labels: LabelSet, rule: StreamRule) {
    super(labels);
    this.rule = rule;
  }

  get timestampMs(): number | undefined {
    return this.variant.family.sendsTimestamps ? floorToMs(this.timeUnixNano) : undefined;
  }

  /** Notes the start of a stream that contributed. */
  noteStart(startTimeUnixNano: bigint): void {
    const created = createdTime(signedTime(startTimeUnixNano));
    if (created === undefined) return;
    if (this.createdUnixNano === undefined || created < this.createdUnixNano) this.createdUnixNano = created;
  }

  /** Notes the time of a point. */
  noteTime(timeUnixNano: bigint): void {
    const time = signedTime(timeUnixNano);
    if (time > this.timeUnixNano) this.timeUnixNano = time;
  }
}
