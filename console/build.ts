import { join } from 'node:path';
import { build, type Metafile } from 'esbuild';

interface BuiltConsole {
  readonly script: Uint8Array;
  readonly style: Uint8Array;
  /** The files that were read. */
  readonly inputs: Metafile['inputs'];
}

/** Builds the console's page from its sources: one script and one style sheet, without any other file. */
export async function buildConsole(): Promise<BuiltConsole> {
  const { outputFiles, metafile } = await build({
    entryPoints: [join(import.meta.dirname, 'main.tsx')],
    outdir: 'out',
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'warning',
  });
  const contents = (ending: string) => outputFiles.find(({ path }) => path.endsWith(ending))?.contents;
  return {
    script: contents('.js') ?? new Uint8Array(),
    style: contents('.css') ?? new Uint8Array(),
    inputs: metafile.inputs,
  };
}
