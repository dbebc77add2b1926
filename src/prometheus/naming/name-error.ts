/** A name can't be built; the message is the collector's. What carries the name is left out of the page and counted. */
export class NameError extends Error {
  override readonly name = 'NameError';
}
