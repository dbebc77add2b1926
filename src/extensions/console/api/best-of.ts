/**
 * Keeps the first `limit` of many items in an order. To show the first of 100,000 series, only those are stored and
 * sorted.
 */
export class BestOf<Item> {
  readonly #limit: number;
  readonly #compare: (a: Item, b: Item) => number;
  #items: Item[] = [];

  constructor(limit: number, compare: (a: Item, b: Item) => number) {
    this.#limit = limit;
    this.#compare = compare;
  }

  add(item: Item): void {
    this.#items.push(item);
    if (this.#items.length >= 2 * this.#limit + 64) this.#items = this.sorted();
  }

  /** Returns the items in order. */
  sorted(): Item[] {
    return this.#items.sort(this.#compare).slice(0, this.#limit);
  }
}
