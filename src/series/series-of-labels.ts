import { HashTable } from './hash-table.ts';
import type { Instrument } from './instrument.ts';
import type { StoredSeries } from './stored-series.ts';

/** Up to this number of series, a linear search is faster than a table and needs no memory besides the series. */
const maxLinked = 16;

/**
 * The series with one label set, found by their instrument; each instrument has no more than one. They are linked by
 * `sibling`. Series of one label set were mostly added together, so that the search stays in the processor's cache,
 * unlike a table of all series of an instrument (bench/micro/append.bench.ts).
 */
export class SeriesOfLabels {
  size = 0;
  #first: StoredSeries | undefined = undefined;
  #table: ByInstrument | undefined = undefined;

  find(instrument: Instrument): StoredSeries | undefined {
    if (this.#table !== undefined) return this.#table.find(instrument.hash, instrument);
    let series = this.#first;
    while (series !== undefined && series.instrument !== instrument) series = series.sibling;
    return series;
  }

  /** Adds a series whose instrument has none yet. */
  add(series: StoredSeries): void {
    this.size += 1;
    if (this.#table === undefined && this.size > maxLinked) this.#tabulate();
    if (this.#table !== undefined) {
      this.#table.add(series);
      return;
    }
    series.sibling = this.#first;
    this.#first = series;
  }

  /** Removes a series of this list. */
  remove(series: StoredSeries): void {
    this.size -= 1;
    if (this.#table !== undefined) {
      this.#table.remove(series);
      if (this.size === 0) this.#table = undefined;
      return;
    }
    if (this.#first === series) {
      this.#first = series.sibling;
    } else {
      let before = this.#first!;
      while (before.sibling !== series) before = before.sibling!;
      before.sibling = series.sibling;
    }
    series.sibling = undefined;
  }

  #tabulate(): void {
    this.#table = new ByInstrument();
    for (let series = this.#first; series !== undefined; ) {
      const { sibling } = series;
      series.sibling = undefined;
      this.#table.add(series);
      series = sibling;
    }
    this.#first = undefined;
  }
}

class ByInstrument extends HashTable<StoredSeries, Instrument> {
  protected hashOf(series: StoredSeries): number {
    return series.instrument.hash;
  }

  protected matches(series: StoredSeries, instrument: Instrument): boolean {
    return series.instrument === instrument;
  }
}
