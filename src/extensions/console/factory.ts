import type { ExtensionFactory } from '#component/factory.ts';
import { type ConsoleConfig, consoleConfig } from './config.ts';
import { Console } from './console.ts';

/** `console`: a page that shows what happens and why, and the JSON API behind it. */
export const consoleFactory: ExtensionFactory<ConsoleConfig> = {
  type: 'console',
  stability: 'Beta',
  configSchema: consoleConfig,
  create: (config, settings) => new Console(config, settings),
};
