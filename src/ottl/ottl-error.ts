/** A statement or condition that cannot be parsed. Detected when the configuration is built. */
export class OttlParseError extends Error {
  override readonly name = 'OttlParseError';
}

/** A statement or condition that cannot be applied to an item. The processor's `error_mode` determines the effect. */
export class OttlError extends Error {
  override readonly name = 'OttlError';
}
