import type { StoredSeries } from './stored-series.ts';

/**
 * The live series of an instrument, in no particular order. Series that are no longer live remain until they are half
 * of the list.
 */
export class SeriesList {
  size = 0;
  #members: StoredSeries[] = [];

  add(series: StoredSeries): void {
    this.size += 1;
    this.#members.push(series);
  }

  /** Call when one of the series is no longer live. */
  removed(): void {
    this.size -= 1;
    if (this.#members.length > 2 * this.size) this.#members = this.#members.filter((series) => series.isLive);
  }

  /** Members can be removed afterwards, but not during the iteration. */
  *[Symbol.iterator](): Generator<StoredSeries, void> {
    for (const series of this.#members) if (series.isLive) yield series;
  }
}
