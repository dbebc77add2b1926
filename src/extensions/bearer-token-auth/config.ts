import {
  boolean,
  type ConfigOf,
  checkedAtStart,
  config,
  duration,
  integer,
  list,
  secret,
  string,
  validated,
} from '#config/schema.ts';
import { unreadableFile } from '#http/unreadable-file.ts';

const retryConfig = config('credentialsfile.RetryOnFailureConfig', {
  enabled: boolean(false).describe('Reads the file again later if it cannot be read at startup.'),
  interval: duration(0).describe('Time between two attempts. Required if `enabled` is true.'),
  max_retries: integer(0).describe('Maximum number of further attempts. `0`: no limit.'),
});
/** Durations in milliseconds. */
export type RetryConfig = ConfigOf<typeof retryConfig>;

function retryProblem({ enabled, interval, maxRetries }: RetryConfig): string | undefined {
  if (enabled && maxRetries < 0) {
    return 'retry_on_failure.max_retries must be greater or equal to 0 when retry_on_failure.enabled is true';
  }
  if (enabled && interval <= 0) {
    return 'retry_on_failure.interval must be greater than 0 when retry_on_failure.enabled is true';
  }
  return undefined;
}

/** `bearertokenauth`. */
export const bearerTokenAuthConfig = checkedAtStart(
  validated(
    config('bearertokenauthextension.Config', {
      header: string('Authorization').describe('Header that contains the token.'),
      scheme: string('Bearer').describe('Word before the token. If empty, the header contains only the token.'),
      token: secret().describe('The token.'),
      tokens: list(secret()).describe('Several accepted tokens. A client sends the first.'),
      filename: string().describe(
        'File with a token at the start of each line. pitot rereads the file when it changes.',
      ),
      retry_on_failure: validated(retryConfig, retryProblem).describe(
        'Attempts to read a `filename` that does not exist at startup.',
      ),
      wait_for_token_file: boolean(false).describe(
        'Delays startup until `filename` is readable. Requires `retry_on_failure`.',
      ),
    }),
    ({ token, tokens, filename, retryOnFailure, waitForTokenFile }) => {
      if (token === '' && tokens.length === 0 && filename === '') return 'no bearer token provided';
      if (token !== '' && tokens.length > 0) return 'either tokens or token should be provided, not both';
      if ((retryOnFailure.enabled || waitForTokenFile) && filename === '') return 'requires filename to be set';
      // The Collector reports this problem twice, here and for the group.
      if (retryOnFailure.enabled) return retryProblem(retryOnFailure);
      return waitForTokenFile ? 'wait_for_token_file requires retry_on_failure to be enabled' : undefined;
    },
  ),
  ({ filename, retryOnFailure }) => (retryOnFailure.enabled ? undefined : unreadableFile(filename, 'filename')),
);
export type BearerTokenAuthConfig = NonNullable<ConfigOf<typeof bearerTokenAuthConfig>>;
