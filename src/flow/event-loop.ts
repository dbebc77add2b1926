import { performance } from 'node:perf_hooks';
import type { Slices } from './slices.ts';

/** Duration of sliced work in one iteration of the event loop, ms. */
const sliceMs = 5;
/** Duration of an iteration after which further requests wait for the next one, ms. */
const iterationMs = 10;

/** Settings and dependencies of {@link EventLoop}. */
export interface EventLoopOptions {
  /** Monotonic clock, ms. */
  readonly now: () => number;
  /** Calls back in the next iteration, after pending input and output. */
  readonly later: (callback: () => void) => void;
}

interface Waiting {
  readonly work: () => void;
  readonly isPause: boolean;
}

/**
 * Divides the time of the event loop, so that probes and scrapes are always answered. In each iteration, sliced work
 * runs for a few milliseconds in total, in turns. Requests that arrive at the same moment wait for the next iteration
 * when their time is used up.
 */
export class EventLoop {
  readonly #now: () => number;
  readonly #later: (callback: () => void) => void;
  /** Waiting work, in order. */
  #queue: Waiting[] = [];
  #isScheduled = false;
  /** Start of the work in this iteration. Undefined before. */
  #beganMs: number | undefined;
  /** End of the current slice. */
  #endMs = 0;

  constructor({ now, later }: EventLoopOptions) {
    this.#now = now;
    this.#later = later;
  }

  /** Whether to do work of about a millisecond in this iteration. Otherwise pass it to `soon`. */
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

  /** Does work of a few milliseconds at most: now, if this iteration has time, and otherwise in one of the next ones. */
  whenTime<Result>(work: () => Result): Result | Promise<Awaited<Result>> {
    if (this.hasTime()) return work();
    return new Promise<Result>((resolve, reject) => {
      this.soon(() => {
        try {
          resolve(work());
        } catch (error) {
          reject(error);
        }
      });
    }) as Promise<Awaited<Result>>;
  }

  /** Calls `work` in one of the next iterations, after earlier work. An error of `work` is thrown there. */
  soon(work: () => void): void {
    this.#enqueue({ work, isPause: false });
  }

  /**
   * Resolves in one of the next iterations, after work that is already waiting. The caller should pause again after a
   * few milliseconds. Only one pause ends in an iteration, because the code after it is not part of the turn.
   */
  pause(): Promise<void> {
    return new Promise((resolve) => this.#enqueue({ work: resolve, isPause: true }));
  }

  /** Runs sliced work to its end, over as many iterations as necessary. Rejects with the error that it throws. */
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

  /**
   * Runs work like `run`, but begins immediately: at least one slice, and more while the iteration has time. Most requests are complete when
   * it returns. If they waited, those of other clients would be decoded in the meantime, and all of them would outlive the young generation.
   */
  begin<Result>(slices: Slices<Result>): Promise<Result> | Result {
    const endMs = this.#now() + sliceMs;
    do {
      const { done, value } = slices.next();
      if (done === true) return value as Result;
    } while (this.hasTime() && this.#now() < endMs);
    return this.run(slices);
  }

  #turn(): void {
    this.#isScheduled = false;
    // Work that is added in the meantime waits for the next iteration, behind the work that is waiting now.
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
