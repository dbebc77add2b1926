import type { StoredSeries } from './stored-series.ts';

/** The live series of an instrument, in no order. What is not live any more stays until it is half of the list. */
export class SeriesList {
  size = 0;
  #members: StoredSeries[] = [];

  add(series: StoredSeries): void {
    this.size += 1;
    this.#members.push(series);
  }

  /** One of them is not live any more. */
  removed(): void {
    this.size -= 1;
    if (this.#members.length > 2 * this.size) this.#members = this.#members.filter((series) => series.isLive);
  }

  /** Members may be removed afterwards, not while this is read. */
  *[Symbol.iterator](): Generator<StoredSeries, void> {
    for (const series of this.#members) if (series.isLive) yield series;
  }
}
