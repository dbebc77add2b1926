import type { Slices } from '#flow/slices.ts';
import { sortInSlices } from '#flow/sort-in-slices.ts';
import type { ByteString, LabelSet, MetricFamily, MetricType, Series } from '#prometheus/metric-family.ts';
import { compareFully, compareLabelSets, sortByLabelsInSlices } from '#prometheus/series-order.ts';
import type { DropReason } from './outcome.ts';
import type { StoredSeries } from './stored-series.ts';

/** Number of series to process between two pauses. */
const seriesPerSlice = 4_000;

/**
 * The series of one name and type. Additions and removals cost nothing until the next scrape settles the family: it
 * then sorts and merges added series, and skips removed ones.
 */
export class Family implements MetricFamily {
  readonly name: ByteString;
  readonly type: MetricType;
  /** Whether samples contain the time of their point. */
  readonly sendsTimestamps: boolean;
  help: ByteString = '';
  /** Reason why the family is hidden although it has series. Undefined if it is shown. */
  refusal: DropReason | undefined = undefined;
  /** Number of its series. */
  count = 0;
  /** Number of data points that have arrived for the family, including dropped ones. */
  points = 0;
  /** Hash of name and type, from which the hashes of label sets continue; see merged-series.ts. */
  labelsHash: number | undefined = undefined;
  /** Whether its series can never be shown. */
  readonly isDiscarded: boolean = false;
  /** Whether a series might have a `defect`, so that every rendering must check. */
  mayHaveDefects = false;

  #sorted: readonly StoredSeries[] = [];
  #added: StoredSeries[] = [];
  #hasRemoved = false;
  /** Whether neighbors can be equal in output order. */
  #hasTies = false;
  #visible: readonly StoredSeries[] = [];
  #changes = 0;
  /** Value of `#changes` when `#visible` was computed. */
  #visibleChanges = -1;

  constructor(options: { name: ByteString; type: MetricType; sendsTimestamps: boolean }) {
    this.name = options.name;
    this.type = options.type;
    this.sendsTimestamps = options.sendsTimestamps;
  }

  /**
   * The series as of the latest `settle`, in exposition order. Every change creates a new array, so that a slow reader
   * keeps its own.
   */
  get series(): readonly Series[] {
    return this.#visible;
  }

  /** Version of the series as of the latest `settle`. */
  get version(): number {
    return this.#visibleChanges;
  }

  /** Call when the value of a series has changed. */
  changed(): void {
    this.#changes += 1;
  }

  add(series: StoredSeries): void {
    this.count += 1;
    this.#added.push(series);
    this.#changes += 1;
  }

  /** Call after the series was marked: it is no longer live, or its variant belongs to another family. */
  remove(): void {
    this.count -= 1;
    this.#hasRemoved = true;
    this.#changes += 1;
  }

  /**
   * Updates `series` and `version`, in slices. Returns the number of series that were newly found hidden behind another
   * one with the same labels.
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

  /** Releases removed series even if nobody scrapes. */
  *compact(): Slices<void> {
    if (this.#hasRemoved) yield* this.#dropRemoved();
  }

  #isMember(series: StoredSeries): boolean {
    return series.isLive && series.variant.family === this;
  }

  *#dropRemoved(): Slices<void> {
    // Series that are removed in the meantime are handled next time.
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
      // A series that was removed and added again.
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

  /** Of series with the same labels, keeps the newest; with timestamps, one per timestamp, oldest first. */
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

  /** Adds the shown series between two indexes, which have the same label values. */
  *#resolveTie(
    series: readonly StoredSeries[],
    { start, end }: { readonly start: number; readonly end: number },
    result: StoredSeries[],
  ): Slices<void> {
    let shown: StoredSeries[] = [];
    /** Series that also have the same names are neighbors. Maps timestamps to their index in `shown`. */
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

/** A family for one metric description. The help that each series has is known until the output has shown one. */
export class FamilyVariant {
  readonly family: Family;
  readonly help: ByteString;
  /** Number of live series whose latest point had this help. */
  count = 0;
  /** False after the registry has discarded the variant. Request another one then. */
  isRegistered = true;
  /** Whether it was logged that another help is shown. */
  isTold = false;

  constructor(family: Family, help: ByteString) {
    this.family = family;
    this.help = help;
  }
}

function isTie(a: StoredSeries, b: StoredSeries): boolean {
  return compareLabelSets(a.labels, b.labels) === 0;
}

/** Compares by the time of the points, then by arrival; `a` is the series that was added later. */
function isNewer(a: StoredSeries, b: StoredSeries): boolean {
  return a.timeUnixNano === b.timeUnixNano ? a.updatedMs >= b.updatedMs : a.timeUnixNano > b.timeUnixNano;
}

/** Returns the first index from `from` whose series does not sort before `labels`. */
function insertionPoint(sorted: readonly StoredSeries[], labels: LabelSet, from: number): number {
  let low = from;
  let step = 1;
  let high = from;
  // Exponential search: series that are added together are often neighbors.
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
