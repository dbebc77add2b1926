import type { EncodedRequest } from '#prometheus/remote-write/encode-requests.ts';
import type { RequestStore } from './request-store.ts';

/** Settings and dependencies of {@link MemoryRequests}. */
export interface MemoryRequestsOptions {
  /** Maximum size of all requests in bytes. */
  readonly maxBytes: number;
  /** Called with each request that is discarded because newer ones need its space. */
  readonly onDiscarded: (request: EncodedRequest) => void;
}

/**
 * Requests in memory. If they exceed the limit, the oldest ones are discarded: a later request contains newer totals of the same series.
 */
export class MemoryRequests implements RequestStore {
  readonly #options: MemoryRequestsOptions;
  #requests: EncodedRequest[] = [];
  #bytes = 0;

  constructor(options: MemoryRequestsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#requests.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  async open(): Promise<void> {}

  async add(requests: readonly EncodedRequest[]): Promise<void> {
    for (const request of requests) {
      this.#requests.push(request);
      this.#bytes += request.body.length;
    }
    // The first one may be on its way, and one request is kept in any case.
    while (this.#bytes > this.#options.maxBytes && this.#requests.length > 2) {
      const [discarded] = this.#requests.splice(1, 1);
      this.#bytes -= discarded!.body.length;
      this.#options.onDiscarded(discarded!);
    }
  }

  async first(): Promise<EncodedRequest | undefined> {
    return this.#requests[0];
  }

  async remove(): Promise<void> {
    const removed = this.#requests.shift();
    this.#bytes -= removed?.body.length ?? 0;
  }

  async close(): Promise<void> {}
}
