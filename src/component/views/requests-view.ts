import type { Transport } from './rejection.ts';

/** A request as a receiver has read it, before it is decompressed. Valid only during the call. Texts come from the network. */
export interface TappedRequest {
  readonly transport: Transport;
  /** Path over HTTP. For gRPC, the default path of the same signal. */
  readonly path: string;
  readonly contentType: string;
  /** Empty if the body is not compressed. */
  readonly contentEncoding: string;
  readonly userAgent: string;
  /** For gRPC, the message without its prefix. */
  readonly body: Buffer;
}

/** The requests that a receiver reads. */
export interface RequestsView {
  /**
   * Calls `listener` for each request that was read completely, before it is applied, until the returned function is called. Has no cost
   * without a listener. The listener must not throw.
   */
  tap(listener: (request: TappedRequest) => void): () => void;
}
