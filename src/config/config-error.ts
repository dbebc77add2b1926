/** A configuration that cannot be used. The message is the Collector's, without `Error: `. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** Hints for a correction, one line each: the position and the text to write instead. */
  readonly hints: readonly string[];

  constructor(message: string, { hints = [] }: { readonly hints?: readonly string[] } = {}) {
    super(message);
    this.hints = hints;
  }
}
