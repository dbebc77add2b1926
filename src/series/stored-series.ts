import type { Attributes } from '#pdata/attributes.ts';
import type { LabelSet, Series } from '#prometheus/metric-family.ts';
import type { FamilyVariant } from './family.ts';
import type { Instrument } from './instrument.ts';
import type { DropReason } from './outcome.ts';

/** Attributes of a removed series. No point has this object, so that no prediction finds the series again. */
export const ofRemovedSeries: Attributes = { entries: [] };

/** A series in the store: the fields of the store and those of the exposition formats. */
export type StoredSeries = SeriesRecord & Series;

/**
 * The fields of the store in each series. A policy's classes extend it and implement one of the exposition's Series
 * interfaces. A million series must fit in memory, so there are few fields, and computable properties are getters.
 */
export abstract class SeriesRecord {
  readonly labels: LabelSet;
  /** Instrument that contains the series: the metric of one target and scope. Set by the store. */
  instrument!: Instrument;
  /** Family that shows the series, with the help of its latest point. Set by the store. */
  variant!: FamilyVariant;
  /** Attributes of the latest point. The same object means the same series. */
  attributes!: Attributes;
  /** Series whose point followed last time. Predicts the series of the next point and saves a lookup. */
  next: StoredSeries | undefined = undefined;
  /** The next series with the same label set; see series-of-labels.ts. */
  sibling: StoredSeries | undefined = undefined;
  /** Arrival time of the latest accepted point, monotonic clock, ms. */
  updatedMs = 0;

  constructor(labels: LabelSet) {
    this.labels = labels;
  }

  /** The series that shows its points: itself, or another one with the same labels. Undefined if its points are dropped. */
  get shownBy(): SeriesRecord | undefined {
    return this;
  }

  /** False after the store has removed it. */
  get isLive(): boolean {
    return this.attributes !== ofRemovedSeries;
  }

  /** Time of the latest point in nanoseconds, signed. Decides between two series with the same labels. */
  abstract readonly timeUnixNano: bigint;

  /** Reason why the series currently cannot be shown. Undefined if it can. */
  get defect(): DropReason | undefined {
    return undefined;
  }
}
