import { type ConfigOf, config, optional, secret, string, validated } from '#config/schema.ts';

/** `basicauth`, behaviour.md §5.13. */
export const basicAuthConfig = validated(
  config('basicauthextension.Config', {
    htpasswd: optional(
      config('basicauthextension.HtpasswdSettings', {
        file: string().describe('file with a line `user:hash` for each sender'),
        inline: secret('', { goType: 'string' }).describe('such lines; they go before those of the file'),
      }),
    ).describe('check senders'),
    client_auth: optional(
      config('basicauthextension.ClientAuthSettings', {
        username: string().describe('name for outgoing requests'),
        username_file: string().describe('file with that name, read again when it changes'),
        password: secret().describe('password for outgoing requests'),
        password_file: string().describe('file with that password, read again when it changes'),
      }),
    ).describe('sign outgoing requests'),
  }),
  ({ htpasswd, clientAuth }) => {
    if (htpasswd && clientAuth) return 'only one of `htpasswd` or `client_auth` can be specified';
    return htpasswd || clientAuth ? undefined : 'no credential source provided';
  },
);
export type BasicAuthConfig = NonNullable<ConfigOf<typeof basicAuthConfig>>;
