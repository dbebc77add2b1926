import { HashTable } from './hash-table.ts';
import type { Instrument } from './instrument.ts';
import type { StoredSeries } from './stored-series.ts';

/** Up to so many series a walk over them is faster than a table, and needs nothing besides the series. */
const maxLinked = 16;

/**
 * The series that have one label set, at most one of each instrument, and each found by its instrument. They hang together by their
 * `sibling`; what is found here was mostly added together, so the walk stays in the processor's cache where a table of all series of an
 * instrument would not (bench/micro/append.bench.ts).
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

  /** Its instrument has none here yet. */
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

  /** It is here. */
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
