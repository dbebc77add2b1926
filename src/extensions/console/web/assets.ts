import { createHash } from 'node:crypto';

/** The page's script and style sheet, compressed with gzip. */
export interface Assets {
  readonly script: Buffer;
  readonly style: Buffer;
  /** Differs if the content differs: part of the addresses, which are cached forever. */
  readonly version: string;
}

export function assetsOf({ script, style }: { readonly script: Buffer; readonly style: Buffer }): Assets {
  const version = createHash('sha256').update(script).update(style).digest('hex').slice(0, 16);
  return { script, style, version };
}
