import type { CanonicalAttributes, StoredLabelSet } from './label-sets.ts';
import type { StoredSeries } from './stored-series.ts';

/** Up to so many series a chain is faster and smaller than a Map. */
const chainLimit = 8;

/** The series of one instrument by their attributes: a chain while they are few, then a Map of chains keyed by hash. */
export class SeriesIndex {
  size = 0;
  #chain: StoredSeries | undefined;
  #chains: Map<number, StoredSeries> | undefined;

  find(wanted: CanonicalAttributes): StoredSeries | undefined {
    const { hash } = wanted;
    let series = this.#chains === undefined ? this.#chain : this.#chains.get(hash);
    while (series !== undefined) {
      if (series.hash === hash && wanted.equals(series.labels as StoredLabelSet)) return series;
      series = series.chained;
    }
    return undefined;
  }

  /** `series.hash` is set, and it is not there yet. */
  add(series: StoredSeries): void {
    this.size += 1;
    if (this.#chains === undefined && this.size > chainLimit) this.#toMap();
    if (this.#chains === undefined) {
      series.chained = this.#chain;
      this.#chain = series;
    } else {
      series.chained = this.#chains.get(series.hash);
      this.#chains.set(series.hash, series);
    }
  }

  remove(series: StoredSeries): void {
    const first = this.#chains === undefined ? this.#chain : this.#chains.get(series.hash);
    if (first === series) {
      this.#setFirst(series.hash, series.chained);
    } else {
      let before = first;
      while (before !== undefined && before.chained !== series) before = before.chained;
      if (before === undefined) return;
      before.chained = series.chained;
    }
    series.chained = undefined;
    this.size -= 1;
  }

  *[Symbol.iterator](): Generator<StoredSeries, void> {
    if (this.#chains !== undefined) {
      for (const first of this.#chains.values()) yield* chainFrom(first);
    } else if (this.#chain !== undefined) {
      yield* chainFrom(this.#chain);
    }
  }

  #toMap(): void {
    const chains = new Map<number, StoredSeries>();
    for (const series of [...this]) {
      series.chained = chains.get(series.hash);
      chains.set(series.hash, series);
    }
    this.#chain = undefined;
    this.#chains = chains;
  }

  #setFirst(hash: number, series: StoredSeries | undefined): void {
    if (this.#chains === undefined) this.#chain = series;
    else if (series === undefined) this.#chains.delete(hash);
    else this.#chains.set(hash, series);
  }
}

/** The one given first, then what is chained to it; each may be removed while it is looked at. */
function* chainFrom(first: StoredSeries): Generator<StoredSeries, void> {
  let series: StoredSeries | undefined = first;
  while (series !== undefined) {
    const next: StoredSeries | undefined = series.chained;
    yield series;
    series = next;
  }
}
