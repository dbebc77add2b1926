/**
 * A request body that cannot be decoded: too large, or not in the encoding that it declares. The client must not retry.
 */
export class BodyError extends Error {
  override readonly name = 'BodyError';
}

/** The Collector's message for a body above the limit, before or after decompression. */
export const tooLarge = 'http: request body too large';
