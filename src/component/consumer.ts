/** Facts about the client that sent a request. `metadata` needs `include_metadata` of the receiver, and `auth` its `auth`. */
export interface ClientContext {
  /** Request headers (lower-case names) or gRPC metadata; each may have several values. */
  readonly metadata: ReadonlyMap<string, readonly string[]>;
  /** IP address of the client, or `''` if unknown. */
  readonly address: string;
  /** Attributes set by a server authenticator, such as `username`. */
  readonly auth: ReadonlyMap<string, string>;
  /**
   * Memory that the request holds. A consumer that retains data after it has settled, such as a queue, also retains
   * this hold and releases it later. Undefined for data that no client sent.
   */
  readonly inFlight?: InFlightHold | undefined;
}

/** Memory that is released when its last holder releases it. */
export interface InFlightHold {
  /** Adds bytes that are already in use. */
  claim(bytes: number): void;
  retain(): void;
  release(): void;
}

/** The context of data that no client sent with metadata. */
export const noClientContext: ClientContext = { metadata: new Map(), address: '', auth: new Map() };

/**
 * A stage of a pipeline that accepts one request's data. `consume` resolves when everything downstream has accepted the data, and
 * rejects with a PermanentError (the client must not retry) or a RetryableError (the client may retry); see errors.ts.
 *
 * - The data is immutable: a consumer that changes something builds new parents and shares the rest. It may retain the data.
 * - Calls for different requests may overlap. A consumer applies the data of a call before its first `await`, or keeps the order
 *   of the calls in another way, so that data is applied in the order in which requests arrived.
 * - A consumer that finishes immediately may return undefined instead of a promise, which keeps the hot path synchronous.
 */
export interface Consumer<Data> {
  consume(data: Data, context: ClientContext): Promise<void> | undefined;
}
