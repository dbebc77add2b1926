import type { ExtensionFactory } from '#component/factory.ts';
import { type PprofConfig, pprofConfig } from './config.ts';
import { Pprof } from './pprof.ts';

/** `pprof`: profiles of the running process, by Node's inspector. */
export const pprofFactory: ExtensionFactory<PprofConfig> = {
  type: 'pprof',
  stability: 'Beta',
  configSchema: pprofConfig,
  create: (config, settings) => new Pprof(config, settings),
};
