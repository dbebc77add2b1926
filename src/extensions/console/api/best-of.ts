/**
 * The first of many items in an order, of which at most `limit` are kept: to sort 100,000 series for one page, only the page is kept.
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

  /** In order. */
  sorted(): Item[] {
    return this.#items.sort(this.#compare).slice(0, this.#limit);
  }
}
