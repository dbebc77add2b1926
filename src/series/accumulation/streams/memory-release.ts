/** Minimum number of discarded streams, about 250 bytes each, for which memory is released. */
const minDiscarded = 20_000;

/**
 * Releases memory after many streams have been discarded. V8 collects old objects only when it needs more memory, so that the process
 * would stay as large as it was at its peak. Does nothing while about as many streams are created as discarded.
 */
export class MemoryRelease {
  readonly #release: () => void;
  #peak = 0;

  constructor(release: () => void) {
    this.#release = release;
  }

  /** Called at every scrape and sweep with the number of active streams. */
  watch(size: number): void {
    if (size > this.#peak) this.#peak = size;
    if (this.#peak - size < minDiscarded || size > this.#peak / 2) return;
    this.#peak = size;
    this.#release();
  }
}
