import type { Stream } from './stream.ts';

/** All live streams in the order in which they were heard of last: the idle ones are found without looking at the others. */
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

  /** The stream was heard of: it goes to the end. */
  touch(stream: Stream, nowMs: number): void {
    stream.heardMs = nowMs;
    if (this.#newest === stream) return;
    this.remove(stream);
    this.add(stream);
  }
}
