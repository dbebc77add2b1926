import { collectGradually, giveMemoryBack } from './collect-garbage.ts';
import { memoryLimit, residentMemory } from './memory-limit.ts';

/** Minimum time between two collections that return all free memory, ms. They pause the process. */
const thoroughMs = 10_000;
/** Time after a collection in which other threads return memory to the system, ms. */
const settlingMs = 50;
const mebibyte = 1024 * 1024;

export interface MemoryReserveParts {
  /** Memory available to the process, bytes. */
  readonly limit: number;
  /** Returns the resident memory of the process, bytes. */
  readonly resident: () => number;
  /** Collects garbage in steps, and calls `done` at the end. */
  readonly collect: (done: () => void) => void;
  /** Schedules a collection that returns all free memory, with a pause. */
  readonly collectThoroughly: () => void;
  /** Resolves after a time in ms. */
  readonly wait: (ms: number) => Promise<unknown>;
  /** Monotonic, ms. */
  readonly now: () => number;
}

/**
 * Keeps a quarter of the available memory free for one large piece of work at a time. The heap limit and the budget of
 * requests in flight do not bound the memory that V8 and the allocator have freed but not returned to the system, and
 * which the system counts when it decides whether to kill a container.
 */
export class MemoryReserve {
  readonly #parts: MemoryReserveParts;
  readonly #limit: number;
  #lastThoroughMs = Number.NEGATIVE_INFINITY;

  constructor(parts: MemoryReserveParts) {
    this.#parts = parts;
    const { limit } = parts;
    this.#limit = limit - Math.min(limit / 4, 256 * mebibyte);
  }

  /** Whether the reserve is free. */
  get isFree(): boolean {
    return this.#parts.resident() <= this.#limit;
  }

  /**
   * Frees the reserve by collections: first one in small steps, then, at most every ten seconds, one that pauses.
   * @returns whether it is free
   */
  async free(): Promise<boolean> {
    const { collect, collectThoroughly, wait, now } = this.#parts;
    if (this.isFree) return true;
    await new Promise<void>((resolve) => collect(resolve));
    await wait(settlingMs);
    if (this.isFree) return true;
    if (now() - this.#lastThoroughMs < thoroughMs) return false;
    this.#lastThoroughMs = now();
    collectThoroughly();
    await wait(settlingMs);
    return this.isFree;
  }
}

/** The reserve of this process. */
export const memoryReserve = new MemoryReserve({
  limit: memoryLimit(),
  resident: residentMemory,
  collect: collectGradually,
  collectThoroughly: giveMemoryBack,
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  now: () => performance.now(),
});
