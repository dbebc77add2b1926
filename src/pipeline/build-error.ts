/** A valid configuration that pitot cannot build. `path`: the keys that lead to the problem. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
  readonly path: readonly string[];
  readonly remedy: string | undefined;

  constructor(
    message: string,
    { path, remedy, cause }: { readonly path: readonly string[]; readonly remedy?: string; readonly cause?: unknown },
  ) {
    super(message, { cause });
    this.path = path;
    this.remedy = remedy;
  }
}
