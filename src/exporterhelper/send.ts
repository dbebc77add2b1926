import type { ClientContext } from '#component/consumer.ts';

/** Circumstances of one call of `Send`. */
export interface Attempt {
  /** Client that sent the data; `noClientContext` if a batch combines several clients. */
  readonly client: ClientContext;
  /** Aborts at the timeout and at the deadline of a shutdown. A `Send` that waits must then stop and reject. */
  readonly signal: AbortSignal;
}

/**
 * Sends the data of one request. Returns undefined if it has already been sent. Throws or rejects with a PermanentError if a retry cannot
 * succeed. Every other error is retried; a RetryableError with `retryAfterSeconds` delays the next attempt at least that long.
 */
export type Send<Data> = (data: Data, attempt: Attempt) => Promise<void> | undefined;
