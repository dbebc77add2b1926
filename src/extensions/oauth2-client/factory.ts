import type { ExtensionFactory } from '#component/factory.ts';
import { type Oauth2ClientConfig, oauth2ClientConfig } from './config.ts';
import { Oauth2Client } from './oauth2-client.ts';

/** `oauth2client`: tokens of the client credentials grant, for clients. */
export const oauth2ClientFactory: ExtensionFactory<Oauth2ClientConfig> = {
  type: 'oauth2client',
  laterNames: ['oauth2_client'],
  stability: 'Beta',
  configSchema: oauth2ClientConfig,
  create: (config, settings) => new Oauth2Client(config, settings),
};
