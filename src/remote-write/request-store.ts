import type { EncodedRequest } from '#prometheus/remote-write/encode-requests.ts';

/** Requests that wait to be sent, in order. */
export interface RequestStore {
  /** Number of waiting requests. */
  readonly size: number;
  /** Bytes of waiting requests. */
  readonly bytes: number;
  /** Opens the store. */
  open(): Promise<void>;
  /**
   * Adds requests. Resolves when they are safe.
   * @throws RetryableError if the store is full or cannot be written
   */
  add(requests: readonly EncodedRequest[]): Promise<void>;
  /** Returns the oldest request without removing it. Undefined if there is none. */
  first(): Promise<EncodedRequest | undefined>;
  /** Removes the oldest request. */
  remove(): Promise<void>;
  close(): Promise<void>;
}
