/** A name cannot be built. The message equals the Collector's. Series with such a name are dropped and counted. */
export class NameError extends Error {
  override readonly name = 'NameError';
}
