import { boolean, type ConfigOf, config, duration, float, validated } from '#config/schema.ts';

interface RetryDefaults {
  /** Go's text. */
  readonly initialInterval?: string;
  readonly isEnabled?: boolean;
}

/** `retry_on_failure`, see docs/reference/collector-behaviour.md#exporter-helper. */
export function retryConfig(defaults: RetryDefaults = {}) {
  return validated(retryGroup(defaults), retryProblem);
}

/** Durations in milliseconds. */
export type RetryConfig = ConfigOf<ReturnType<typeof retryGroup>>;

function retryGroup({ initialInterval = '5s', isEnabled = true }: RetryDefaults) {
  return config('configretry.BackOffConfig', {
    enabled: boolean(isEnabled).describe('Whether failed requests are sent again. Permanent errors are never retried.'),
    initial_interval: duration(initialInterval).describe('Delay before the first retry.'),
    randomization_factor: float(0.5).describe('Share of the delay by which it varies at random, from 0 to 1.'),
    multiplier: float(1.5).describe('Factor by which the delay grows with each retry.'),
    max_interval: duration('30s').describe('Maximum delay. A `Retry-After` of the receiver can exceed it.'),
    max_elapsed_time: duration('5m').describe(
      'Time after which a request is dropped. `0` retries until it is sent; the queue then limits the data that waits.',
    ),
  });
}

/** Same texts as the Collector 0.165. */
function retryProblem(retry: RetryConfig): readonly string[] {
  const { initialInterval, randomizationFactor, multiplier, maxInterval, maxElapsedTime } = retry;
  const problems: string[] = [];
  if (maxElapsedTime > 0 && maxElapsedTime < initialInterval) {
    problems.push("'max_elapsed_time' must not be less than 'initial_interval'");
  } else if (maxElapsedTime > 0 && maxElapsedTime < maxInterval) {
    problems.push("'max_elapsed_time' must not be less than 'max_interval'");
  }
  const notNegative = {
    initial_interval: initialInterval,
    max_elapsed_time: maxElapsedTime,
    max_interval: maxInterval,
  };
  for (const [key, value] of Object.entries({
    ...notNegative,
    multiplier,
    randomization_factor: randomizationFactor,
  })) {
    if (!(value >= 0)) problems.push(`${key} value must be greater than or equal to 0`);
  }
  if (randomizationFactor > 1) problems.push('randomization_factor value must be less than or equal to 1');
  return problems;
}
