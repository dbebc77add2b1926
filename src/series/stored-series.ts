import type { Attributes } from '#pdata/attributes.ts';
import type { LabelSet, Series } from '#prometheus/metric-family.ts';
import type { FamilyVariant } from './family.ts';
import type { Instrument } from './instrument.ts';
import type { DropReason } from './outcome.ts';

/** The attributes of a series that the store has removed: no point has this object, so no guess finds the series again. */
export const ofRemovedSeries: Attributes = { entries: [] };

/** A series in the store: what the store keeps, and what the formats show of it. */
export type StoredSeries = SeriesRecord & Series;

/**
 * What the store keeps of each series. A policy's classes extend it and implement one of the exposition's Series interfaces;
 * a million of them must fit, so fields are few and what can be computed is a getter.
 */
export abstract class SeriesRecord {
  readonly labels: LabelSet;
  /** Where the series is found again: the metric of one target and scope. Set by the store. */
  instrument!: Instrument;
  /** The family that shows it, with the help that its latest point came with. Set by the store. */
  variant!: FamilyVariant;
  /** The attributes object of its latest point: the same object means the same series. */
  attributes!: Attributes;
  /** The series whose point followed last time: a guess that avoids a lookup of the next point. */
  next: StoredSeries | undefined = undefined;
  /** The next series with the same label set; see series-of-labels.ts. */
  sibling: StoredSeries | undefined = undefined;
  /** Monotonic ms when its latest accepted point arrived. */
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

  /** Time of the latest point in nanoseconds, signed: decides between two series that show the same labels. */
  abstract readonly timeUnixNano: bigint;

  /** Why the series cannot be shown as it is now; undefined: it can. */
  get defect(): DropReason | undefined {
    return undefined;
  }
}
