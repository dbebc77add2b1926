import type { ExtensionFactory } from '#component/factory.ts';
import { BearerTokenAuth } from './bearer-token-auth.ts';
import { type BearerTokenAuthConfig, bearerTokenAuthConfig } from './config.ts';

/** `bearertokenauth`: a shared token, for a server or for a client. */
export const bearerTokenAuthFactory: ExtensionFactory<BearerTokenAuthConfig> = {
  type: 'bearertokenauth',
  laterNames: ['bearer_token_auth'],
  stability: 'Beta',
  configSchema: bearerTokenAuthConfig,
  create: (config, settings) => new BearerTokenAuth(config, settings),
};
