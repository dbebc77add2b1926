import type { ExtensionFactory } from '#component/factory.ts';
import { type ZpagesConfig, zpagesConfig } from './config.ts';
import { Zpages } from './zpages.ts';

/** `zpages`: status pages about the running service. */
export const zpagesFactory: ExtensionFactory<ZpagesConfig> = {
  type: 'zpages',
  stability: 'Beta',
  configSchema: zpagesConfig,
  create: (config, settings) => new Zpages(config, settings),
};
