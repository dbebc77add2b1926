/** A request body that can't be had: too large, or not in the encoding it claims. The sender must not retry. */
export class BodyError extends Error {
  override readonly name = 'BodyError';
}

/** The collector's words for a body over the limit, whether before or after decompression. */
export const tooLarge = 'http: request body too large';
