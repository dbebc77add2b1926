import type { ExtensionFactory } from '#component/factory.ts';
import { type ConsoleConfig, consoleConfig } from './config.ts';
import { Console } from './console.ts';

/** `console`: a web page about the running pitot, and its JSON API. */
export const consoleFactory: ExtensionFactory<ConsoleConfig> = {
  type: 'console',
  stability: 'Beta',
  configSchema: consoleConfig,
  create: (config, settings) => new Console(config, settings),
};
