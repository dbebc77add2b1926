import { getHeapStatistics } from 'node:v8';
import { memoryLimit } from './memory-limit.ts';

/** A request that uses bytes of the budget, from its first byte until all of its data has been processed. */
export class InFlightRequest {
  readonly #budget: InFlightBudget;
  readonly #limit: number;
  readonly #evict: () => void;
  #bytes = 0;
  #holders = 1;

  constructor(budget: InFlightBudget, limit: number, evict: () => void) {
    this.#budget = budget;
    this.#limit = limit;
    this.#evict = evict;
  }

  /** Number of bytes in use. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Adds bytes. If they exceed the limit, evicts incomplete requests, the oldest first.
   * @returns false, without adding the bytes, if there is no space or this is the oldest request
   */
  add(bytes: number): boolean {
    if (this.#holders === 0) return false;
    this.#bytes += bytes;
    if (this.#budget.grow(this, bytes, this.#limit)) return true;
    this.#bytes -= bytes;
    this.#budget.shrink(bytes);
    return false;
  }

  /** Adds bytes that are already in use, regardless of the limit. Later requests can be refused because of them. */
  claim(bytes: number): void {
    if (this.#holders === 0) return;
    this.#bytes += bytes;
    this.#budget.shrink(-bytes);
  }

  /** Releases some bytes. */
  remove(bytes: number): void {
    if (this.#holders === 0) return;
    this.#bytes -= bytes;
    this.#budget.shrink(bytes);
  }

  /** Marks the request as completely received. It can no longer be evicted. */
  complete(): void {
    this.#budget.completed(this);
  }

  /** Adds a holder of the request's data. Each holder must call `release`. */
  retain(): void {
    this.#holders += 1;
  }

  /** Removes a holder. When the last one is removed, all bytes are released. */
  release(): void {
    if (this.#holders === 0) return;
    this.#holders -= 1;
    if (this.#holders > 0) return;
    this.#budget.completed(this);
    this.#budget.shrink(this.#bytes);
    this.#bytes = 0;
  }

  /** Releases the bytes and notifies the owner to refuse the request. */
  evict(): void {
    this.#holders = 1;
    this.release();
    this.#evict();
  }
}

/**
 * The bytes of all requests in flight in a process: received, declared, decompressed, decoded, and queued. They are
 * limited to a share of the memory. Above it, requests are refused so that clients retry, instead of the process being
 * killed.
 */
export class InFlightBudget {
  #bytes = 0;
  /** Incomplete requests, oldest first. */
  readonly #unfinished = new Set<InFlightRequest>();
  readonly #pressure = new Set<object>();

  /** Number of bytes of all requests. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a memory limiter currently refuses data. */
  get isUnderPressure(): boolean {
    return this.#pressure.size > 0;
  }

  /**
   * Sets whether `source`, a memory limiter, refuses data. When it begins to, incomplete requests are evicted, the
   * oldest first, until they use a quarter of their memory, and until it ends, requests can use a quarter of the limit.
   * Otherwise clients that never finish could keep all others from being accepted.
   */
  setPressure(source: object, isHigh: boolean): void {
    if (!isHigh) {
      this.#pressure.delete(source);
      return;
    }
    this.#pressure.add(source);
    let held = 0;
    for (const { bytes } of this.#unfinished) held += bytes;
    const quarter = held / 4;
    for (const oldest of this.#unfinished) {
      if (held <= quarter) return;
      held -= oldest.bytes;
      oldest.evict();
    }
  }

  /**
   * Begins a request. `limit`: maximum bytes of all requests when this one adds bytes. `evict` is called once if the
   * request must release its memory.
   */
  open(limit: number, evict: () => void): InFlightRequest {
    const request = new InFlightRequest(this, limit, evict);
    this.#unfinished.add(request);
    return request;
  }

  /** Called by InFlightRequest. */
  grow(request: InFlightRequest, bytes: number, limit: number): boolean {
    this.#bytes += bytes;
    const allowed = this.isUnderPressure ? limit / 4 : limit;
    if (this.#bytes <= allowed) return true;
    for (const oldest of this.#unfinished) {
      if (oldest === request) return false;
      oldest.evict();
      if (this.#bytes <= allowed) return true;
    }
    return false;
  }

  /** Called by InFlightRequest. */
  shrink(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** Called by InFlightRequest. */
  completed(request: InFlightRequest): void {
    this.#unfinished.delete(request);
  }
}

/** Memory of a request in addition to its bytes: stream, headers, and buffers. */
export const requestOverhead = 4 * 1024;

/** The budget of this process. */
export const inFlight = new InFlightBudget();

const mebibyte = 1024 * 1024;

/**
 * Returns the default of the limit: an eighth of the memory, at least 48 MiB (a body of 20 MiB and its decompressed
 * form), at most 256 MiB. V8's heap also limits it, which is 60 % of a container's memory.
 */
export function defaultInFlightLimit(): number {
  const memory = Math.min(memoryLimit(), getHeapStatistics().heap_size_limit / 0.6);
  return Math.min(Math.max(Math.floor(memory / 8), 48 * mebibyte), 256 * mebibyte);
}
