/** A configuration can't be used. The message is the collector's, without `Error: `. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  /** What would help, one line each: where it stands and what to write instead. */
  readonly hints: readonly string[];

  constructor(message: string, { hints = [] }: { readonly hints?: readonly string[] } = {}) {
    super(message);
    this.hints = hints;
  }
}
