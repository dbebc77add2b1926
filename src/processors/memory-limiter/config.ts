import { type ConfigOf, config, duration, integer, validated } from '#config/schema.ts';

const uint32 = { goType: 'uint32' };

/** behaviour.md §5.2 */
export const memoryLimiterConfig = validated(
  config('memorylimiter.Config', {
    check_interval: duration(0).describe('time between looks at the memory; required'),
    min_gc_interval_when_soft_limited: duration('10s').describe(
      'shortest time between collections above the soft limit',
    ),
    min_gc_interval_when_hard_limited: duration(0).describe('shortest time between collections above the limit'),
    limit_mib: integer(0, uint32).describe('the limit, in MiB'),
    spike_limit_mib: integer(0, uint32).describe(
      'how far below the limit data is refused, in MiB; 0: a fifth of the limit',
    ),
    limit_percentage: integer(0, uint32).describe('the limit, in percent of the memory that the process may have'),
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
