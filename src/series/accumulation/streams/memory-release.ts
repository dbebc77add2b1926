/** Minimum number of discarded streams, about 250 bytes each, for which memory is released. */
const minDiscarded = 20_000;

/**
 * Releases memory after many streams have been discarded. V8 collects old objects only under memory pressure, so that
 * the process would otherwise keep its peak size. Has no effect while about as many streams are created as discarded.
 */
export class MemoryRelease {
  readonly #release: () => void;
  #peak = 0;

  constructor(release: () => void) {
    this.#release = release;
  }

  /** Call at every scrape and sweep with the number of active streams. */
  watch(size: number): void {
    if (size > this.#peak) this.#peak = size;
    if (this.#peak - size < minDiscarded || size > this.#peak / 2) return;
    this.#peak = size;
    this.#release();
  }
}
