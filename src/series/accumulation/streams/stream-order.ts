import type { Stream } from './stream.ts';

/**
 * Active streams in the order in which their latest points arrived, so that idle streams are found without reading the
 * others.
 */
export class StreamOrder {
  #oldest: Stream | undefined = undefined;
  #newest: Stream | undefined = undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The stream that has been idle longest. */
  get oldest(): Stream | undefined {
    return this.#oldest;
  }

  add(stream: Stream): void {
    stream.older = this.#newest;
    stream.newer = undefined;
    if (this.#newest) this.#newest.newer = stream;
    else this.#oldest = stream;
    this.#newest = stream;
    this.#size++;
  }

  remove(stream: Stream): void {
    const { older, newer } = stream;
    if (older) older.newer = newer;
    else this.#oldest = newer;
    if (newer) newer.older = older;
    else this.#newest = older;
    stream.older = undefined;
    stream.newer = undefined;
    this.#size--;
  }

  /** Moves the stream to the end. Call when a point of it has arrived. */
  touch(stream: Stream, nowMs: number): void {
    stream.lastSeenMs = nowMs;
    if (this.#newest === stream) return;
    this.remove(stream);
    this.add(stream);
  }
}
