/** A configuration that is right in itself can't be built. `path`: the keys that lead to what is wrong. */
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
