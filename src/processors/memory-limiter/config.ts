import { type ConfigOf, config, duration, integer, onByDefault, validated } from '#config/schema.ts';

const uint32 = { goType: 'uint32' };

/** Milliseconds. */
const defaultMaxInterval = 30_000;

/** `memory_limiter`. */
export const memoryLimiterConfig = validated(
  config('memorylimiter.Config', {
    check_interval: duration(0).describe('Interval of memory checks. Required.'),
    min_gc_interval_when_soft_limited: duration('10s').describe(
      'shortest time between collections above the soft limit',
    ),
    min_gc_interval_when_hard_limited: duration(0).describe(
      'Minimum interval between garbage collections above the limit.',
    ),
    max_gc_interval_when_soft_limited: duration(defaultMaxInterval).describe(
      'Upper limit of the interval between collections above the soft limit, which doubles while collections have no effect. `0` keeps the shortest interval.',
    ),
    max_gc_interval_when_hard_limited: duration(defaultMaxInterval).describe(
      'Maximum interval between garbage collections above the limit; see above.',
    ),
    garbage_collector: onByDefault(config('memorylimiter.GarbageCollectorConfig', {})).describe(
      'Collects garbage when a limit is exceeded. `enabled: false` leaves that to Node.js.',
    ),
    limit_mib: integer(0, uint32).describe('Limit in MiB.'),
    spike_limit_mib: integer(0, uint32).describe(
      'how far below the limit data is refused, in MiB; 0: a fifth of the limit',
    ),
    limit_percentage: integer(0, uint32).describe('Limit in percent of the memory available to the process.'),
    spike_limit_percentage: integer(0, uint32).describe(
      'how far below the limit data is refused, in percent of the same; 0: a fifth of the limit',
    ),
  }),
  (config) => {
    const { limitMib, spikeLimitMib, limitPercentage, spikeLimitPercentage } = config;
    if (config.checkInterval <= 0) return "'check_interval' must be greater than zero";
    if (config.minGcIntervalWhenSoftLimited < config.minGcIntervalWhenHardLimited) {
      return "'min_gc_interval_when_soft_limited' should be larger than 'min_gc_interval_when_hard_limited'";
    }
    const intervals = maxIntervalProblem(config);
    if (intervals !== undefined) return intervals;
    if (limitMib === 0 && limitPercentage === 0) {
      return "'limit_mib' or 'limit_percentage' must be greater than zero";
    }
    if (limitPercentage > 100 || spikeLimitPercentage > 100) {
      return "'limit_percentage' and 'spike_limit_percentage' must be greater than zero and less than or equal to hundred";
    }
    if (limitMib > 0 && limitMib <= spikeLimitMib) return "'spike_limit_mib' must be smaller than 'limit_mib'";
    if (limitPercentage > 0 && limitPercentage <= spikeLimitPercentage) {
      return "'spike_limit_percentage' must be smaller than 'limit_percentage'";
    }
    return undefined;
  },
);

export type MemoryLimiterConfig = ConfigOf<typeof memoryLimiterConfig>;

/**
 * Returns the problem of the maximum intervals, or undefined. The default never contradicts a longer minimum, because
 * such configurations are older than the setting.
 */
function maxIntervalProblem(config: {
  readonly minGcIntervalWhenSoftLimited: number;
  readonly minGcIntervalWhenHardLimited: number;
  readonly maxGcIntervalWhenSoftLimited: number;
  readonly maxGcIntervalWhenHardLimited: number;
}): string | undefined {
  const { maxGcIntervalWhenSoftLimited: soft, maxGcIntervalWhenHardLimited: hard } = config;
  for (const [kind, max, min] of [
    ['soft', soft, config.minGcIntervalWhenSoftLimited],
    ['hard', hard, config.minGcIntervalWhenHardLimited],
  ] as const) {
    const name = `'max_gc_interval_when_${kind}_limited'`;
    if (max < 0) return `${name} must be non-negative`;
    if (max > 0 && max < min && max !== defaultMaxInterval) {
      return `${name} must be greater than or equal to 'min_gc_interval_when_${kind}_limited' (or 0 to disable)`;
    }
  }
  if (soft > 0 && hard > 0 && soft < hard) {
    return "'max_gc_interval_when_soft_limited' should be larger than or equal to 'max_gc_interval_when_hard_limited' (when both are set)";
  }
  return undefined;
}
