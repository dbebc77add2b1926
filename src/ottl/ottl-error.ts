/** A statement or condition can't be understood; found when the configuration is built. */
export class OttlParseError extends Error {
  override readonly name = 'OttlParseError';
}

/** A statement or condition can't be applied to this item; what happens then is the processor's `error_mode`. */
export class OttlError extends Error {
  override readonly name = 'OttlError';
}
