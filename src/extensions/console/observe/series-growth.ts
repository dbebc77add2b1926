import type { SeriesView } from '#component/views/series-view.ts';

/** Interval of counts, ms, and number of counts to keep: one day and one hour. */
const periodMs = 3_600_000;
const maxCounts = 25;
/** Maximum number of families whose series are counted. */
const maxFamilies = 2_000;

/** Numbers of series at one time. */
export interface SeriesCounts {
  readonly unixMs: number;
  readonly total: number;
  readonly byFamily: ReadonlyMap<string, number>;
  /** Whether every family was counted. */
  readonly isComplete: boolean;
}

/** Counts the series of each family once an hour, to show growth. */
export class SeriesGrowth {
  #counts: SeriesCounts[] = [];

  /** Counts if the latest count is an hour old. Call often. */
  sample(views: readonly SeriesView[], unixMs: number): void {
    const latest = this.#counts.at(-1);
    if (latest && Math.abs(unixMs - latest.unixMs) < periodMs) return;
    const byFamily = new Map<string, number>();
    let isComplete = true;
    for (const view of views) {
      for (const { name, seriesCount } of view.families()) {
        if (byFamily.size >= maxFamilies && !byFamily.has(name)) {
          isComplete = false;
          break;
        }
        byFamily.set(name, (byFamily.get(name) ?? 0) + seriesCount);
      }
    }
    const total = views.reduce((sum, { seriesCount }) => sum + seriesCount, 0);
    this.#counts = [...this.#counts, { unixMs, total, byFamily, isComplete }].slice(-maxCounts);
  }

  /** The oldest count, from a day ago or later. */
  get oldest(): SeriesCounts | undefined {
    return this.#counts[0];
  }
}
