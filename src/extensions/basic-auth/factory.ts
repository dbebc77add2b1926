import type { ExtensionFactory } from '#component/factory.ts';
import { BasicAuthClient } from './basic-auth-client.ts';
import { BasicAuthServer } from './basic-auth-server.ts';
import { type BasicAuthConfig, basicAuthConfig } from './config.ts';

/** `basicauth`: user names and passwords, for a server or for a client. */
export const basicAuthFactory: ExtensionFactory<BasicAuthConfig> = {
  type: 'basicauth',
  laterNames: ['basic_auth'],
  stability: 'Beta',
  configSchema: basicAuthConfig,
  create: ({ htpasswd, clientAuth }, settings) => {
    const provider = htpasswd?.secretProvider ?? clientAuth?.secretProvider;
    if (provider) {
      const instead = clientAuth ? 'username_file and password_file' : 'htpasswd.file';
      throw new Error(`secret_provider ${JSON.stringify(provider.id)} is not supported by pitot; use ${instead}`);
    }
    if (clientAuth) return new BasicAuthClient(clientAuth, settings);
    if (!htpasswd) throw new Error('no credential source provided');
    return new BasicAuthServer(htpasswd, settings);
  },
};
