import { boolean, type ConfigOf, config, duration, float, validated } from '#config/schema.ts';

interface RetryDefaults {
  /** Go's text. */
  readonly initialInterval?: string;
}

/** `retry_on_failure`, see docs/reference/collector-behaviour.md#exporter-helper. */
export function retryConfig(defaults: RetryDefaults = {}) {
  return validated(retryGroup(defaults), retryProblem);
}

/** Durations in milliseconds. */
export type RetryConfig = ConfigOf<ReturnType<typeof retryGroup>>;

function retryGroup({ initialInterval = '5s' }: RetryDefaults) {
  return config('configretry.BackOffConfig', {
    enabled: boolean(true).describe('Whether failed requests are sent again. Permanent errors are never retried.'),
    initial_interval: duration(initialInterval).describe('Delay before the first retry.'),
    randomization_factor: float(0.5).describe('Share of the delay by which it varies at random, from 0 to 1.'),
    multiplier: float(1.5).describe('Factor by which the delay grows with each retry.'),
    max_interval: duration('30s').describe('Maximum delay. A `Retry-After` of the receiver can exceed it.'),
    max_elapsed_time: duration('5m').describe(
      'Time after which a request is dropped. `0` retries until it is sent; the queue then limits the data that waits.',
    ),
  });
}

function retryProblem(retry: RetryConfig): string | undefined {
  const { enabled, initialInterval, randomizationFactor, multiplier, maxInterval, maxElapsedTime } = retry;
  if (!enabled) return undefined;
  if (initialInterval < 0) return "'initial_interval' must be non-negative";
  if (!(randomizationFactor >= 0 && randomizationFactor <= 1)) return "'randomization_factor' must be within [0, 1]";
  if (!(multiplier >= 0)) return "'multiplier' must be non-negative";
  if (maxInterval < 0) return "'max_interval' must be non-negative";
  if (maxElapsedTime < 0) return "'max_elapsed_time' must be non-negative";
  if (maxElapsedTime === 0) return undefined;
  if (maxElapsedTime < initialInterval) return "'max_elapsed_time' must not be less than 'initial_interval'";
  if (maxElapsedTime < maxInterval) return "'max_elapsed_time' must not be less than 'max_interval'";
  return undefined;
}
