import {
  type ConfigOf,
  checkedAtStart,
  config,
  integer,
  nullable,
  optional,
  secret,
  string,
  validated,
} from '#config/schema.ts';
import { unreadableFile } from '#http/unreadable-file.ts';

const secretProvider = config('basicauthextension.SecretProviderConfig', {
  id: string().describe('ID of the extension.'),
  username_key: string().describe('Key of the user name in the JSON secret.'),
  password_key: string().describe('Key of the password in the JSON secret.'),
});
type SecretProvider = ConfigOf<typeof secretProvider>;

const positive = (value: number) =>
  validated(integer(value), (size) => (size > 0 ? undefined : { message: 'must be positive' }));
const notNegative = (value: number) =>
  validated(integer(value), (count) => (count >= 0 ? undefined : { message: 'must not be negative' }));

/** `basicauth`. */
export const basicAuthConfig = validated(
  config('basicauthextension.Config', {
    htpasswd: optional(
      checkedAtStart(
        config('basicauthextension.HtpasswdSettings', {
          file: string().describe('File with a line `user:hash` per client. pitot rereads the file when it changes.'),
          inline: secret('', { goType: 'string' }).describe(
            'Lines `user:hash`. They take precedence over those of the file.',
          ),
          secret_provider: nullable(secretProvider).describe(
            'Extension that provides such lines. Not supported by pitot.',
          ),
          max_credentials_length: positive(1024).describe(
            'Maximum size of user name and password together, in bytes. Longer ones are refused without a check. Specific to pitot.',
          ),
          max_failures_per_minute: notNegative(20).describe(
            'Failed authentications of one address within a minute after which it receives 429 until the minute is over. Credentials that were accepted before continue to work. `0` disables the limit. Specific to pitot.',
          ),
        }),
        ({ file }) => unreadableFile(file, 'file', 'open htpasswd file: '),
      ),
    ).describe('Authenticates clients.'),
    client_auth: optional(
      checkedAtStart(
        config('basicauthextension.ClientAuthSettings', {
          username: string().describe('User name for outgoing requests.'),
          username_file: string().describe('File with the user name. pitot rereads the file when it changes.'),
          password: secret().describe('Password for outgoing requests.'),
          password_file: string().describe('File with the password. pitot rereads the file when it changes.'),
          secret_provider: nullable(secretProvider).describe('Extension that provides both. Not supported by pitot.'),
        }),
        ({ usernameFile, passwordFile }) =>
          unreadableFile(usernameFile, 'username_file') ?? unreadableFile(passwordFile, 'password_file'),
      ),
    ).describe('Adds credentials to outgoing requests.'),
  }),
  ({ htpasswd, clientAuth }) => {
    if (htpasswd && clientAuth) return 'only one of `htpasswd` or `client_auth` can be specified';
    if (!htpasswd && !clientAuth) return 'no credential source provided';
    return secretProviderProblem(htpasswd, clientAuth);
  },
);
export type BasicAuthConfig = NonNullable<ConfigOf<typeof basicAuthConfig>>;

/** `htpasswd`. */
export type HtpasswdConfig = NonNullable<BasicAuthConfig['htpasswd']>;

interface Server {
  readonly file: string;
  readonly inline: string;
  readonly secretProvider: SecretProvider | undefined;
}

interface Client {
  readonly username: string;
  readonly usernameFile: string;
  readonly password: string;
  readonly passwordFile: string;
  readonly secretProvider: SecretProvider | undefined;
}

function secretProviderProblem(server: Server | undefined, client: Client | undefined): string | undefined {
  const provider = server?.secretProvider ?? client?.secretProvider;
  if (!provider) return undefined;
  const others = server
    ? [server.file, server.inline]
    : [client!.username, client!.usernameFile, client!.password, client!.passwordFile];
  if (others.some((text) => text !== '')) {
    return 'only one credential source allowed: choose `secret_provider` or inline/file, not both';
  }
  if (provider.id === '') return '`secret_provider.id` is required';
  if (client && (provider.usernameKey === '' || provider.passwordKey === '')) {
    return '`secret_provider.username_key` and `secret_provider.password_key` are required for client_auth';
  }
  return undefined;
}
