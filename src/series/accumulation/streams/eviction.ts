/** Fewer streams are not worth a collection: some 250 bytes each. */
const minGone = 20_000;

/**
 * Gives memory back when a crowd has gone: V8 collects what is old only when more is needed, so a process whose streams have been
 * forgotten would stay as large as it was at the worst moment. Where streams come and go evenly it never does anything.
 */
export class Eviction {
  readonly #giveMemoryBack: () => void;
  #peak = 0;

  constructor(giveMemoryBack: () => void) {
    this.#giveMemoryBack = giveMemoryBack;
  }

  /** Called now and then with the number of live streams. */
  watch(size: number): void {
    if (size > this.#peak) this.#peak = size;
    if (this.#peak - size < minGone || size > this.#peak / 2) return;
    this.#peak = size;
    this.#giveMemoryBack();
  }
}
