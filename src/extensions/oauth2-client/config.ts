import { type ConfigOf, config, duration, mapOf, secret, string, stringList, validated } from '#config/schema.ts';
import { tlsClientConfig } from '#http/tls-config.ts';

/** `oauth2client`. */
export const oauth2ClientConfig = validated(
  config('oauth2clientauthextension.Config', {
    client_id: string().describe('Client ID.'),
    client_id_file: string().describe('File with the client ID. Takes precedence; read again when it changes.'),
    client_secret: secret().describe('Client secret.'),
    client_secret_file: string().describe('File with the client secret. Takes precedence; read again when it changes.'),
    token_url: string().describe('URL that issues tokens.'),
    scopes: stringList().describe('Scopes to request.'),
    endpoint_params: mapOf(stringList()).describe(
      'Further parameters of the token request, each with a list of values.',
    ),
    timeout: duration(0).describe('Maximum time of a token request. `0` disables the limit.'),
    expiry_buffer: duration('5m').describe('Time before its expiry at which a token is replaced.'),
    tls: tlsClientConfig.describe('TLS settings for `token_url`.'),
  }),
  ({ clientId, clientIdFile, clientSecret, clientSecretFile, tokenUrl }) => {
    if (clientId === '' && clientIdFile === '') return 'no ClientID provided in the OAuth2 exporter configuration';
    if (clientSecret === '' && clientSecretFile === '') {
      return 'no ClientSecret provided in OAuth Client Credentials configuration';
    }
    return tokenUrl === '' ? 'no TokenURL provided in OAuth Client Credentials configuration' : undefined;
  },
);
export type Oauth2ClientConfig = ConfigOf<typeof oauth2ClientConfig>;
