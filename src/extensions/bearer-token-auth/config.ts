import { type ConfigOf, config, list, secret, string, validated } from '#config/schema.ts';

/** `bearertokenauth`, behaviour.md §5.14. */
export const bearerTokenAuthConfig = validated(
  config('bearertokenauthextension.Config', {
    header: string('Authorization').describe('header with the token'),
    scheme: string('Bearer').describe('word before the token; empty: the header is the bare token'),
    token: secret().describe('the token'),
    tokens: list(secret()).describe('several tokens that are accepted; a client sends the first'),
    filename: string().describe('file with a token at the start of each line, read again when it changes'),
  }),
  ({ token, tokens, filename }) => {
    if (token === '' && tokens.length === 0 && filename === '') return 'no bearer token provided';
    return token !== '' && tokens.length > 0 ? 'either tokens or token should be provided, not both' : undefined;
  },
);
export type BearerTokenAuthConfig = NonNullable<ConfigOf<typeof bearerTokenAuthConfig>>;
