import {
  anything,
  type ConfigOf,
  config,
  duration,
  mapOf,
  secret,
  string,
  stringList,
  validated,
  withoutEffect,
} from '#config/schema.ts';
import { tlsClientConfig } from '#http/tls-config.ts';

/** Keys of the grant type `urn:ietf:params:oauth:grant-type:jwt-bearer`. */
const jwtKeys = [
  ...['client_certificate_key_file', 'client_certificate_key_id', 'signature_algorithm', 'iss', 'audience', 'claims'],
];

/** `oauth2client`. */
export const oauth2ClientConfig = validated(
  config('oauth2clientauthextension.Config', {
    client_id: string().describe('Client ID.'),
    client_id_file: string().describe('File with the client ID. Takes precedence; read again when it changes.'),
    client_secret: secret().describe('Client secret.'),
    client_secret_file: string().describe('File with the client secret. Takes precedence; read again when it changes.'),
    grant_type: string('client_credentials').describe('Only `client_credentials` is supported.'),
    client_certificate_key: withoutEffect(secret(), 'only for another `grant_type`'),
    ...Object.fromEntries(jwtKeys.map((key) => [key, withoutEffect(anything(), 'only for another `grant_type`')])),
    token_url: string().describe('URL that issues tokens.'),
    scopes: stringList().describe('Scopes to request.'),
    endpoint_params: mapOf(stringList()).describe(
      'Further parameters of the token request, each with a list of values.',
    ),
    timeout: duration(0).describe('Maximum time of a token request. `0` disables the limit.'),
    expiry_buffer: duration('5m').describe('Time before its expiry at which a token is replaced.'),
    tls: tlsClientConfig.describe('TLS settings for `token_url`.'),
  }),
  ({ clientId, clientIdFile, clientSecret, clientSecretFile, tokenUrl, grantType }) => {
    if (grantType !== 'client_credentials' && grantType !== '') {
      const message = `pitot does not support the grant type ${JSON.stringify(grantType)}`;
      return { path: 'grant_type', message, remedy: 'write client_credentials, with client_secret' };
    }
    if (clientId === '' && clientIdFile === '') return 'no ClientID provided in the OAuth2 exporter configuration';
    if (clientSecret === '' && clientSecretFile === '') {
      return 'no ClientSecret provided in OAuth Client Credentials configuration';
    }
    return tokenUrl === '' ? 'no TokenURL provided in OAuth Client Credentials configuration' : undefined;
  },
);
export type Oauth2ClientConfig = ConfigOf<typeof oauth2ClientConfig>;
