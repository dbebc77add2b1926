import { gzipSync } from 'node:zlib';
import { type Assets, assetsOf } from './assets.ts';

/**
 * Builds the files of the console from their sources. In the bundle, scripts/bundle.ts replaces this module with the
 * built files.
 */
export async function loadAssets(): Promise<Assets> {
  const { buildConsole } = await import('../../../../console/build.ts');
  const { script, style } = await buildConsole();
  return assetsOf({ script: gzipSync(script), style: gzipSync(style) });
}
