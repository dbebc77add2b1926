import { gzipSync } from 'node:zlib';
import { type Assets, assetsOf } from './assets.ts';

/** The page's files, built from their sources. In the bundle, scripts/bundle.ts puts the built files in the place of this module. */
export async function loadAssets(): Promise<Assets> {
  const { buildConsole } = await import('../../../../console/build.ts');
  const { script, style } = await buildConsole();
  return assetsOf({ script: gzipSync(script), style: gzipSync(style) });
}
