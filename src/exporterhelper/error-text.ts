import { RetryableError } from '#component/errors.ts';
import { formatDuration } from '#go/duration.ts';

/** Returns the text of an error in the log. A delay that the receiver asked for precedes it, same as in the Collector. */
export function errorText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const seconds = error instanceof RetryableError ? error.retryAfterSeconds : undefined;
  return seconds === undefined ? text : `Throttle (${formatDuration(seconds * 1000)}), error: ${text}`;
}
