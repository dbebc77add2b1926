/** A valid configuration cannot be built. `path` contains the keys that lead to the faulty setting. */
export class BuildError extends Error {
  override readonly name = 'BuildError';
  readonly path: readonly string[];
  readonly remedy: string | undefined;

  constructor(
    message: string,
    { path, remedy, cause }: { readonly path: readonly string[]; readonly remedy?: string; readonly cause?: unknown },
  ) {
    super(`failed to build ${message}`, { cause });
    this.path = path;
    this.remedy = remedy;
  }
}
