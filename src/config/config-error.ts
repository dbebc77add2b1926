/**
 * A configuration can't be used. The message is the collector's, without `Error: `. `stage`: whether it could not be read or
 * given types (`load`), or was checked and found wrong (`validate`); the command line words them differently.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly stage: 'load' | 'validate';
  /** What would help, one line each: where it stands and what to write instead. */
  readonly hints: readonly string[];

  constructor(message: string, options: { stage?: 'load' | 'validate'; hints?: readonly string[] } = {}) {
    super(message);
    this.stage = options.stage ?? 'load';
    this.hints = options.hints ?? [];
  }
}
