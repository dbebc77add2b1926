import { createHash } from 'node:crypto';

/** The script and style sheet of the console, compressed with gzip. */
export interface Assets {
  readonly script: Buffer;
  readonly style: Buffer;
  /** Changes with the content. Part of the URLs, which clients cache forever. */
  readonly version: string;
}

/** Adds the version to the assets: a hash of their content. */
export function assetsOf({ script, style }: { readonly script: Buffer; readonly style: Buffer }): Assets {
  const version = createHash('sha256').update(script).update(style).digest('hex').slice(0, 16);
  return { script, style, version };
}
