import { getHeapStatistics } from 'node:v8';
import { memoryLimit } from './memory-limit.ts';

/** A request that holds bytes of the budget, from its first byte until everything made of it is done with. */
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

  /** Bytes held. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Takes more bytes. If that exceeds the limit, requests that are not complete are evicted, the oldest first.
   * @returns false when there is no room, or this is the oldest; the bytes are then not taken
   */
  add(bytes: number): boolean {
    if (this.#holders === 0) return false;
    this.#bytes += bytes;
    if (this.#budget.grow(this, bytes, this.#limit)) return true;
    this.#bytes -= bytes;
    this.#budget.shrink(bytes);
    return false;
  }

  /** Takes bytes that are in use already, whether there is room for them or not. Later requests are refused for it. */
  claim(bytes: number): void {
    if (this.#holders === 0) return;
    this.#bytes += bytes;
    this.#budget.shrink(-bytes);
  }

  /** Gives some bytes back. */
  remove(bytes: number): void {
    if (this.#holders === 0) return;
    this.#bytes -= bytes;
    this.#budget.shrink(bytes);
  }

  /** Everything was received: from now on it is not evicted. */
  complete(): void {
    this.#budget.completed(this);
  }

  /** Somebody else keeps what was made of the request; `release` has to be called once more. */
  retain(): void {
    this.#holders += 1;
  }

  /** One holder is done with it. After the last one, all bytes are given back. */
  release(): void {
    if (this.#holders === 0) return;
    this.#holders -= 1;
    if (this.#holders > 0) return;
    this.#budget.completed(this);
    this.#budget.shrink(this.#bytes);
    this.#bytes = 0;
  }

  /** Gives its bytes back and tells its owner to refuse the request. */
  evict(): void {
    this.#holders = 1;
    this.release();
    this.#evict();
  }
}

/**
 * The bytes of all requests that are under way in a process: received, declared, decompressed, decoded, and queued. A share of the
 * memory; above it requests are refused, so that clients come again, instead of the process being killed.
 */
export class InFlightBudget {
  #bytes = 0;
  /** Requests that are not complete, oldest first. */
  readonly #unfinished = new Set<InFlightRequest>();
  readonly #pressure = new Set<object>();

  /** Bytes held by all requests. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether a memory limiter refuses data at the moment. */
  get isUnderPressure(): boolean {
    return this.#pressure.size > 0;
  }

  /** Tells that `source`, a memory limiter, begins or ends to refuse data. */
  setPressure(source: object, isHigh: boolean): void {
    if (isHigh) this.#pressure.add(source);
    else this.#pressure.delete(source);
  }

  /**
   * Begins a request. `limit`: bytes that all requests together may hold when this one takes some; `evict` is called at most once,
   * when the request has to make room.
   */
  open(limit: number, evict: () => void): InFlightRequest {
    const request = new InFlightRequest(this, limit, evict);
    this.#unfinished.add(request);
    return request;
  }

  /** For InFlightRequest. */
  grow(request: InFlightRequest, bytes: number, limit: number): boolean {
    this.#bytes += bytes;
    if (this.#bytes <= limit) return true;
    for (const oldest of this.#unfinished) {
      if (oldest === request) return false;
      oldest.evict();
      if (this.#bytes <= limit) return true;
    }
    return false;
  }

  /** For InFlightRequest. */
  shrink(bytes: number): void {
    this.#bytes -= bytes;
  }

  /** For InFlightRequest. */
  completed(request: InFlightRequest): void {
    this.#unfinished.delete(request);
  }
}

/** What a request takes besides its bytes: its stream, headers, and buffers. */
export const requestOverhead = 4 * 1024;

/** The budget of this process. */
export const inFlight = new InFlightBudget();

const mebibyte = 1024 * 1024;

/**
 * Default of the limit: an eighth of the memory, at least 48 MiB (a body of 20 MiB and what it is decompressed to), at most 256 MiB.
 * V8's heap counts too: it is set to 60 % of a container's memory.
 */
export function defaultInFlightLimit(): number {
  const memory = Math.min(memoryLimit(), getHeapStatistics().heap_size_limit / 0.6);
  return Math.min(Math.max(Math.floor(memory / 8), 48 * mebibyte), 256 * mebibyte);
}
