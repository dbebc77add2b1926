import type { Splitter } from '#pdata/split/splitter.ts';
import { takeItems } from '#pdata/split/take-items.ts';

/** Data that is sent in one request, with the queue's entries that it comes from. */
export interface Unit<Data, Entry> {
  readonly data: Data;
  readonly entries: readonly Entry[];
  /** Entries of which no items are left. */
  readonly finished: readonly Entry[];
}

/** Sizes of a batch, in items. */
export interface BatchSizes {
  /** Items at which a batch is complete. */
  readonly minItems: number;
  /** Maximum number of items of a batch; 0 for no limit. */
  readonly maxItems: number;
}

/** Joins requests to batches of `minItems` or more items, and divides them at `maxItems`. */
export class BatchAssembler<Data, Part, Entry> {
  readonly #splitter: Splitter<Data, Part>;
  readonly #sizes: BatchSizes;
  #parts: Part[] = [];
  #items = 0;
  /** Entries in the batch with their number of items that are not in a unit yet, in order. */
  #entries: { readonly entry: Entry; rest: number }[] = [];

  constructor(splitter: Splitter<Data, Part>, sizes: BatchSizes) {
    this.#splitter = splitter;
    this.#sizes = sizes;
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  /** Adds a request. Returns the batches that are complete. */
  add(data: Data, entry: Entry): Unit<Data, Entry>[] {
    const items = this.#splitter.itemCount(data);
    for (const part of this.#splitter.parts(data)) this.#parts.push(part);
    this.#items += items;
    this.#entries.push({ entry, rest: items });
    const { minItems, maxItems } = this.#sizes;
    const units: Unit<Data, Entry>[] = [];
    while (maxItems > 0 && this.#items > maxItems) units.push(this.#take(maxItems));
    if (!this.isEmpty && this.#items >= minItems) units.push(this.#take(this.#items));
    return units;
  }

  /** Returns the incomplete batch; undefined if there is none. */
  flush(): Unit<Data, Entry> | undefined {
    return this.isEmpty ? undefined : this.#take(this.#items);
  }

  #take(items: number): Unit<Data, Entry> {
    const isWhole = items === this.#items;
    const { head, rest } = isWhole
      ? { head: this.#parts, rest: [] }
      : takeItems(this.#parts, items, this.#splitter.level);
    this.#parts = [...rest];
    this.#items -= items;
    const entries: Entry[] = [];
    const finished: Entry[] = [];
    let left = items;
    while (this.#entries.length > 0 && (left > 0 || isWhole)) {
      const first = this.#entries[0]!;
      const taken = Math.min(first.rest, left);
      entries.push(first.entry);
      first.rest -= taken;
      left -= taken;
      if (first.rest > 0) break;
      finished.push(first.entry);
      this.#entries.shift();
    }
    return { data: this.#splitter.build(head, items), entries, finished };
  }
}
