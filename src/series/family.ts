import type { Slices } from '#flow/slices.ts';
import { sortInSlices } from '#flow/sort-in-slices.ts';
import type { ByteString, LabelSet, MetricFamily, MetricType, Series } from '#prometheus/metric-family.ts';
import { compareFully, compareLabelSets, sortByLabelsInSlices } from '#prometheus/series-order.ts';
import type { DropReason } from './outcome.ts';
import type { StoredSeries } from './stored-series.ts';

/** Series that are gone through between two pauses. */
const seriesPerSlice = 4_000;

/**
 * The series of one name and type. Membership changes cost nothing until the next scrape settles the family: what was added is
 * then sorted and merged, what was removed is left out.
 */
export class Family implements MetricFamily {
  readonly name: ByteString;
  readonly type: MetricType;
  /** Samples carry the time of their point. */
  readonly sendsTimestamps: boolean;
  help: ByteString = '';
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
  #changes = 0;
  /** `#changes` when `#visible` was found. */
  #visibleChanges = -1;

  constructor(options: { name: ByteString; type: MetricType; sendsTimestamps: boolean }) {
    this.name = options.name;
    this.type = options.type;
    this.sendsTimestamps = options.sendsTimestamps;
  }

  /** The series that `settle` found, in exposition order. A new array whenever it changes, so a slow reader keeps what it began. */
  get series(): readonly Series[] {
    return this.#visible;
  }

  /** Of the series that `settle` found. */
  get version(): number {
    return this.#visibleChanges;
  }

  /** The value of a series has changed. */
  changed(): void {
    this.#changes += 1;
  }

  add(series: StoredSeries): void {
    this.count += 1;
    this.#added.push(series);
    this.#changes += 1;
  }

  /** The series must have been marked already: it is not live any more, or its variant is of another family. */
  remove(): void {
    this.count -= 1;
    this.#hasRemoved = true;
    this.#changes += 1;
  }

  /**
   * Brings `series` and `version` up to date, in slices. Returns how many series were found hidden behind another one with the same labels
   * since the last time something changed.
   */
  *settle(): Slices<number> {
    if (this.#visibleChanges === this.#changes) return 0;
    const changes = this.#changes;
    if (this.#hasRemoved) yield* this.#dropRemoved();
    if (this.#added.length > 0) yield* this.#mergeAdded();
    const sorted = this.#sorted;
    const shown = this.mayHaveDefects ? sorted.filter((one) => one.defect === undefined) : sorted;
    const visible = this.#hasTies ? yield* this.#resolveTies(shown) : shown;
    this.#visible = visible;
    this.#visibleChanges = changes;
    return shown.length - visible.length;
  }

  /** Lets go of removed series also when nobody scrapes. */
  *compact(): Slices<void> {
    if (this.#hasRemoved) yield* this.#dropRemoved();
  }

  #isMember(series: StoredSeries): boolean {
    return series.isLive && series.variant.family === this;
  }

  *#dropRemoved(): Slices<void> {
    // Series that are removed in the meantime are missed next time.
    this.#hasRemoved = false;
    this.#added = this.#added.filter((one) => this.#isMember(one));
    const kept: StoredSeries[] = [];
    for (let i = 0; i < this.#sorted.length; i++) {
      const one = this.#sorted[i]!;
      if (this.#isMember(one)) kept.push(one);
      if (i % seriesPerSlice === seriesPerSlice - 1) yield;
    }
    this.#sorted = kept;
  }

  *#mergeAdded(): Slices<void> {
    const given = this.#added;
    this.#added = [];
    const added = yield* sortByLabelsInSlices(given);
    const old = this.#sorted;
    const merged: StoredSeries[] = [];
    let pauseAt = seriesPerSlice;
    let from = 0;
    for (let next = 0; next <= added.length; next++) {
      const one = added[next];
      const at = one === undefined ? old.length : insertionPoint(old, one.labels, from);
      while (from < at) {
        const until = Math.min(at, from + seriesPerSlice);
        for (; from < until; from++) merged.push(old[from]!);
        if (merged.length < pauseAt) continue;
        pauseAt = merged.length + seriesPerSlice;
        yield;
      }
      if (one === undefined) break;
      const before = merged[merged.length - 1];
      // A series that left and came back before it was missed.
      if (before === one) continue;
      if (before !== undefined && isTie(before, one)) this.#hasTies = true;
      if (at < old.length && isTie(old[at]!, one)) this.#hasTies = true;
      merged.push(one);
      if (merged.length < pauseAt) continue;
      pauseAt = merged.length + seriesPerSlice;
      yield;
    }
    this.#sorted = merged;
  }

  /** Of series with one label set the newest stays; with timestamps, one for each timestamp, oldest first. */
  *#resolveTies(series: readonly StoredSeries[]): Slices<StoredSeries[]> {
    const result: StoredSeries[] = [];
    let tiesSeen = false;
    let pauseAt = seriesPerSlice;
    for (let start = 0; start < series.length; ) {
      const first = series[start]!;
      let end = start + 1;
      while (end < series.length && isTie(first, series[end]!)) {
        end += 1;
        if (end % seriesPerSlice === 0) yield;
      }
      if (end - start === 1) {
        result.push(first);
      } else {
        tiesSeen = true;
        yield* this.#resolveTie(series, { start, end }, result);
      }
      start = end;
      if (start < pauseAt) continue;
      pauseAt = start + seriesPerSlice;
      yield;
    }
    this.#hasTies = tiesSeen;
    return result;
  }

  /** Adds what is shown of the series between two indexes, which have the same label values. */
  *#resolveTie(
    series: readonly StoredSeries[],
    { start, end }: { readonly start: number; readonly end: number },
    result: StoredSeries[],
  ): Slices<void> {
    let shown: StoredSeries[] = [];
    /** Series with the same names as well stand together. By timestamp, their place in `shown`. */
    let places = new Map<number | undefined, number>();
    for (let i = start; i < end; i++) {
      const one = series[i]!;
      if (i > start && compareFully(series[i - 1]!.labels, one.labels) !== 0) places = new Map();
      const stamp = this.sendsTimestamps ? one.timestampMs : undefined;
      const place = places.get(stamp);
      if (place === undefined) places.set(stamp, shown.push(one) - 1);
      else if (isNewer(one, shown[place]!)) shown[place] = one;
      if (i % seriesPerSlice === seriesPerSlice - 1) yield;
    }
    if (this.sendsTimestamps) {
      shown = yield* sortInSlices(shown, (a, b) => (a.timestampMs ?? 0) - (b.timestampMs ?? 0));
    }
    for (const one of shown) {
      result.push(one);
      if (result.length % seriesPerSlice === 0) yield;
    }
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
