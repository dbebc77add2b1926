import { collectGradually, giveMemoryBack } from './collect-garbage.ts';
import { defaultInFlightLimit, inFlight } from './in-flight.ts';
import { memoryLimit, residentMemory } from './memory-limit.ts';

/** Minimum time between two collections that return all free memory, ms. They pause the process. */
const thoroughMs = 10_000;
/** Time after a collection in which other threads return memory to the system, ms. */
const settlingMs = 50;
const mebibyte = 1024 * 1024;
/** Share of the memory that work whose need is only estimated may fill. */
const usableShare = 0.85;
/**
 * Memory for each byte of a request. Usual content needs less than ten. The maximum of the decoders is reached by
 * requests of a megabyte that consist of empty fields.
 */
const growth = 64;

/** Dependencies of {@link MemoryReserve}. */
export interface MemoryReserveParts {
  /** Memory available to the process, bytes. */
  readonly limit: number;
  /** Returns the resident memory of the process, bytes. */
  readonly resident: () => number;
  /** Returns the bytes that requests in flight can still add. */
  readonly pending: () => number;
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
 * Keeps memory free for one large request at a time, and for those that arrive in the meantime. The heap limit and the
 * budget of requests in flight do not bound the memory that V8 and the allocator have freed but not returned to the
 * system, and which the system counts when it decides whether to kill a container.
 */
export class MemoryReserve {
  readonly #parts: MemoryReserveParts;
  readonly #maximum: number;
  #lastThoroughMs = Number.NEGATIVE_INFINITY;

  constructor(parts: MemoryReserveParts) {
    this.#parts = parts;
    this.#maximum = Math.min(parts.limit / 4, 256 * mebibyte);
  }

  /** Whether there is enough memory for a request of `bytes`. If its size is not known, pass Infinity. */
  isFree(bytes: number): boolean {
    const { limit, resident, pending } = this.#parts;
    return resident() + pending() + Math.min(bytes * growth, this.#maximum) <= limit;
  }

  /** Returns how many pieces of work fit into the memory that is free, if each needs `bytes`. */
  affordable(bytes: number): number {
    const { limit, resident } = this.#parts;
    return Math.max(Math.floor((usableShare * limit - resident()) / bytes), 0);
  }

  /**
   * Frees memory by collections: first one in small steps, then, at most every ten seconds, one that pauses.
   * @returns whether there is enough for a request of `bytes`
   */
  async free(bytes: number): Promise<boolean> {
    const { collect, collectThoroughly, wait, now } = this.#parts;
    if (this.isFree(bytes)) return true;
    await new Promise<void>((resolve) => collect(resolve));
    await wait(settlingMs);
    if (this.isFree(bytes)) return true;
    if (now() - this.#lastThoroughMs < thoroughMs) return false;
    this.#lastThoroughMs = now();
    collectThoroughly();
    await wait(settlingMs);
    return this.isFree(bytes);
  }
}

/** The reserve of this process. */
export const memoryReserve = new MemoryReserve({
  limit: memoryLimit(),
  resident: residentMemory,
  pending: () => Math.max(defaultInFlightLimit() - inFlight.bytes, 0),
  collect: collectGradually,
  collectThoroughly: giveMemoryBack,
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  now: () => performance.now(),
});
