import type { ByteString, LabelSet, MetricFamily, MetricType, Series } from '#prometheus/metric-family.ts';
import { compareFully, compareLabelSets, sortByLabels } from '#prometheus/series-order.ts';
import type { DropReason } from './outcome.ts';
import type { StoredSeries } from './stored-series.ts';

/**
 * The series of one name and type. Membership changes cost nothing until the next scrape asks for `series`: what was added is
 * then sorted and merged, what was removed is left out.
 */
export class Family implements MetricFamily {
  readonly name: ByteString;
  readonly type: MetricType;
  /** Samples carry the time of their point. */
  readonly sendsTimestamps: boolean;
  help: ByteString = '';
  version = 0;
  /** Why the family is not on the page although it has series; undefined: it is. */
  refusal: DropReason | undefined = undefined;
  /** Number of its series. */
  count = 0;
  /** Hash of name and type, from which the hashes of label sets continue; see merged-series.ts. */
  labelsHash: number | undefined = undefined;
  /** Whether its series can never be shown. */
  readonly isDiscarded: boolean = false;
  /** A series may show nothing (its `defect`), so each rendering has to look. */
  mayHaveDefects = false;

  #sorted: readonly StoredSeries[] = [];
  #added: StoredSeries[] = [];
  #hasRemoved = false;
  /** Two neighbours may not be told apart by the page's order. */
  #hasTies = false;
  #visible: readonly StoredSeries[] = [];
  #visibleVersion = -1;

  constructor(options: { name: ByteString; type: MetricType; sendsTimestamps: boolean }) {
    this.name = options.name;
    this.type = options.type;
    this.sendsTimestamps = options.sendsTimestamps;
  }

  /** In exposition order, without what cannot be shown. A new array whenever it changes, so a slow reader keeps what it began. */
  get series(): readonly Series[] {
    this.settle();
    return this.#visible;
  }

  add(series: StoredSeries): void {
    this.count += 1;
    this.#added.push(series);
    this.version += 1;
  }

  /** The series must have been marked already: it is not live any more, or its variant is of another family. */
  remove(): void {
    this.count -= 1;
    this.#hasRemoved = true;
    this.version += 1;
  }

  /**
   * Brings `series` up to date. Returns how many series were found hidden behind another one with the same labels since
   * the last time something changed.
   */
  settle(): number {
    if (this.#visibleVersion === this.version) return 0;
    this.#visibleVersion = this.version;
    if (this.#hasRemoved) this.#dropRemoved();
    if (this.#added.length > 0) this.#mergeAdded();
    if (!this.#hasTies && !this.mayHaveDefects) {
      this.#visible = this.#sorted;
      return 0;
    }
    const shown = this.mayHaveDefects ? this.#sorted.filter((one) => one.defect === undefined) : this.#sorted;
    this.#visible = this.#hasTies ? this.#resolveTies(shown) : shown;
    return shown.length - this.#visible.length;
  }

  /** Lets go of removed series also when nobody scrapes. */
  compact(): void {
    if (this.#hasRemoved) this.#dropRemoved();
  }

  #isMember(series: StoredSeries): boolean {
    return series.isLive && series.variant.family === this;
  }

  #dropRemoved(): void {
    this.#hasRemoved = false;
    this.#sorted = this.#sorted.filter((one) => this.#isMember(one));
    this.#added = this.#added.filter((one) => this.#isMember(one));
  }

  #mergeAdded(): void {
    const added = sortByLabels(this.#added);
    this.#added = [];
    const old = this.#sorted;
    const merged: StoredSeries[] = [];
    let from = 0;
    for (const one of added) {
      const at = insertionPoint(old, one.labels, from);
      for (let i = from; i < at; i++) merged.push(old[i]!);
      from = at;
      const before = merged[merged.length - 1];
      // A series that left and came back before it was missed.
      if (before === one) continue;
      if (before !== undefined && isTie(before, one)) this.#hasTies = true;
      if (at < old.length && isTie(old[at]!, one)) this.#hasTies = true;
      merged.push(one);
    }
    for (let i = from; i < old.length; i++) merged.push(old[i]!);
    this.#sorted = merged;
  }

  /** Of series with one label set the newest stays; with timestamps, one for each timestamp, oldest first. */
  #resolveTies(series: readonly StoredSeries[]): StoredSeries[] {
    const result: StoredSeries[] = [];
    let tiesSeen = false;
    for (let start = 0; start < series.length; ) {
      let end = start + 1;
      while (end < series.length && isTie(series[start]!, series[end]!)) end += 1;
      if (end - start === 1) {
        result.push(series[start]!);
      } else {
        tiesSeen = true;
        result.push(...this.#resolveTie(series.slice(start, end)));
      }
      start = end;
    }
    this.#hasTies = tiesSeen;
    return result;
  }

  #resolveTie(tied: StoredSeries[]): StoredSeries[] {
    const shown: StoredSeries[] = [];
    for (const one of new Set(tied)) {
      const rival = shown.findIndex((other) => this.#areRivals(one, other));
      if (rival < 0) shown.push(one);
      else if (isNewer(one, shown[rival]!)) shown[rival] = one;
    }
    if (this.sendsTimestamps) shown.sort((a, b) => (a.timestampMs ?? 0) - (b.timestampMs ?? 0));
    return shown;
  }

  #areRivals(a: StoredSeries, b: StoredSeries): boolean {
    if (compareFully(a.labels, b.labels) !== 0) return false;
    return !this.sendsTimestamps || a.timestampMs === b.timestampMs;
  }
}

/** A family as the points of one metric description see it: who has which help is known until the page has shown one. */
export class FamilyVariant {
  readonly family: Family;
  readonly help: ByteString;
  /** Live series whose latest point came with this help. */
  count = 0;
  /** False once the registry has forgotten it: ask it for another one. */
  isRegistered = true;
  /** It was logged that another help is shown. */
  isTold = false;

  constructor(family: Family, help: ByteString) {
    this.family = family;
    this.help = help;
  }
}

function isTie(a: StoredSeries, b: StoredSeries): boolean {
  return compareLabelSets(a.labels, b.labels) === 0;
}

/** By the points’ time, then by arrival; `a` is the younger series. */
function isNewer(a: StoredSeries, b: StoredSeries): boolean {
  return a.timeUnixNano === b.timeUnixNano ? a.updatedMs >= b.updatedMs : a.timeUnixNano > b.timeUnixNano;
}

/** The first index not before `from` whose series does not sort before `labels`. */
function insertionPoint(sorted: readonly StoredSeries[], labels: LabelSet, from: number): number {
  let low = from;
  let step = 1;
  let high = from;
  // Galloping: what is added together tends to lie together.
  while (high < sorted.length && compareFully(sorted[high]!.labels, labels) < 0) {
    low = high + 1;
    high += step;
    step *= 2;
  }
  high = Math.min(high, sorted.length);
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compareFully(sorted[middle]!.labels, labels) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
