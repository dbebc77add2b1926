import type { SeriesView } from '#component/views/series-view.ts';

/** Time between two counts, ms, and counts that are kept: a day and one hour. */
const periodMs = 3_600_000;
const maxCounts = 25;
/** Families whose series are counted. */
const maxFamilies = 2_000;

/** Numbers of series at one time. */
export interface SeriesCounts {
  readonly unixMs: number;
  readonly total: number;
  readonly byFamily: ReadonlyMap<string, number>;
  /** Whether every family was counted. */
  readonly isComplete: boolean;
}

/** Counts the series of each family once an hour, to show what grew. */
export class SeriesGrowth {
  #counts: SeriesCounts[] = [];

  /** Counts if the latest count is an hour old. To be called often. */
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

  /** The oldest count, which is at most a day old. */
  get oldest(): SeriesCounts | undefined {
    return this.#counts[0];
  }
}
