import type { CanonicalAttributes, StoredLabelSet } from './label-sets.ts';
import type { StoredSeries } from './stored-series.ts';

const smallestTable = 4;

/**
 * The series of one instrument by the hash of their attributes: a table with open addressing, which is smaller than a Map,
 * and faster where most lookups are of series that are not there yet.
 */
export class SeriesIndex {
  size = 0;
  /** A power of two long, at most three quarters full. */
  #table: (StoredSeries | undefined)[] = [];

  find(wanted: CanonicalAttributes): StoredSeries | undefined {
    const table = this.#table;
    const mask = table.length - 1;
    if (mask < 0) return undefined;
    const { hash } = wanted;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const series = table[slot];
      if (series === undefined) return undefined;
      if (series.hash === hash && wanted.equals(series.labels as StoredLabelSet)) return series;
    }
  }

  /** `series.hash` is set, and it is not there yet. */
  add(series: StoredSeries): void {
    this.size += 1;
    if (this.size * 4 > this.#table.length * 3) this.#grow();
    insert(this.#table, series);
  }

  /** It is there. */
  remove(series: StoredSeries): void {
    const table = this.#table;
    const mask = table.length - 1;
    let slot = series.hash & mask;
    while (table[slot] !== series) slot = (slot + 1) & mask;
    this.size -= 1;
    // What follows in the same run moves up, if it may stand here: no lookup may end at a hole before it.
    let hole = slot;
    for (let next = (slot + 1) & mask; ; next = (next + 1) & mask) {
      const follower = table[next];
      if (follower === undefined) break;
      const distance = (next - (follower.hash & mask)) & mask;
      if (distance >= ((next - hole) & mask)) {
        table[hole] = follower;
        hole = next;
      }
    }
    table[hole] = undefined;
    if (this.size === 0) this.#table = [];
  }

  /** In no order. Series may be removed afterwards, not while this is read. */
  *[Symbol.iterator](): Generator<StoredSeries, void> {
    for (const series of this.#table) {
      if (series !== undefined) yield series;
    }
  }

  #grow(): void {
    const old = this.#table;
    const table = new Array<StoredSeries | undefined>(Math.max(smallestTable, old.length * 2)).fill(undefined);
    for (const series of old) {
      if (series !== undefined) insert(table, series);
    }
    this.#table = table;
  }
}

function insert(table: (StoredSeries | undefined)[], series: StoredSeries): void {
  const mask = table.length - 1;
  let slot = series.hash & mask;
  while (table[slot] !== undefined) slot = (slot + 1) & mask;
  table[slot] = series;
}
