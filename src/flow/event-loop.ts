import { performance } from 'node:perf_hooks';
import type { Slices } from './slices.ts';

/** Milliseconds of sliced work in one iteration of the event loop. */
const sliceMs = 5;
/** Milliseconds after which requests of one iteration wait for the next. */
const iterationMs = 10;

export interface EventLoopOptions {
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  /** Calls back in the next iteration, after pending input and output. */
  readonly later: (callback: () => void) => void;
}

interface Waiting {
  readonly work: () => void;
  readonly isPause: boolean;
}

/**
 * Divides the time of the event loop, so that probes and scrapes are answered whatever else there is to do: in each iteration
 * sliced work gets a few milliseconds together, in turns, and requests that arrive at the same moment wait once they have used
 * up theirs.
 */
export class EventLoop {
  readonly #now: () => number;
  readonly #later: (callback: () => void) => void;
  /** What waits for its turn, in order. */
  #queue: Waiting[] = [];
  #isScheduled = false;
  /** When the work of this iteration began; undefined before. */
  #beganMs: number | undefined;
  /** When the slice that runs has to end. */
  #endMs = 0;

  constructor({ now, later }: EventLoopOptions) {
    this.#now = now;
    this.#later = later;
  }

  /** Whether work of a millisecond or so should be done in this iteration. Otherwise pass it to `soon`. */
  hasTime(): boolean {
    const now = this.#now();
    if (this.#beganMs === undefined) {
      this.#beganMs = now;
      this.#later(() => {
        this.#beganMs = undefined;
      });
      return true;
    }
    return now - this.#beganMs < iterationMs;
  }

  /** Calls `work` in one of the next iterations, after what was passed before. An error of `work` is thrown there. */
  soon(work: () => void): void {
    this.#enqueue({ work, isPause: false });
  }

  /**
   * Resolves in one of the next iterations, after what already waits. What follows should pause again after a few milliseconds.
   * Only one pause ends in an iteration, because what follows it is not part of the turn.
   */
  pause(): Promise<void> {
    return new Promise((resolve) => this.#enqueue({ work: resolve, isPause: true }));
  }

  /** Does sliced work to its end, over as many iterations as it takes. Rejects with what it throws. */
  run<Result>(slices: Slices<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const step = () => {
        try {
          for (;;) {
            const { done, value } = slices.next();
            if (done === true) {
              resolve(value as Result);
              return;
            }
            if (this.#now() >= this.#endMs) break;
          }
        } catch (error) {
          reject(error);
          return;
        }
        this.soon(step);
      };
      this.soon(step);
    });
  }

  #turn(): void {
    this.#isScheduled = false;
    // What is added meanwhile waits for the next iteration: it goes behind those that wait now.
    const waiting = this.#queue;
    this.#queue = [];
    this.#endMs = this.#now() + sliceMs;
    let next = 0;
    try {
      let isOver = false;
      while (next < waiting.length && !isOver) {
        const { work, isPause } = waiting[next]!;
        next += 1;
        work();
        isOver = isPause || this.#now() >= this.#endMs;
      }
    } finally {
      if (next < waiting.length) this.#queue = [...waiting.slice(next), ...this.#queue];
      if (this.#queue.length > 0) this.#schedule();
    }
  }

  #enqueue(waiting: Waiting): void {
    this.#queue.push(waiting);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    this.#later(() => this.#turn());
  }
}

/** The event loop of this process. */
export const eventLoop = new EventLoop({
  now: () => performance.now(),
  later: (callback) => setImmediate(callback),
});
