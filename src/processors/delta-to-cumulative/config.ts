import { type ConfigOf, config, duration, integer, validated } from '#config/schema.ts';

/** Configuration of the delta_to_cumulative processor (docs/reference/collector-behaviour.md#delta-to-cumulative-processor). */
export const deltaToCumulativeConfig = validated(
  config('deltatocumulativeprocessor.Config', {
    max_stale: duration('5m').describe('Idle time after which a stream is discarded.'),
    max_streams: integer(1_000_000).describe(
      'Maximum number of streams to track. Points of further streams are dropped and counted.',
    ),
  }),
  ({ maxStale, maxStreams }) => {
    if (maxStale <= 0) return `max_stale must be a positive duration (got ${maxStale}s)`;
    if (maxStreams < 0) return `max_streams must be a positive number (got ${maxStreams})`;
    return undefined;
  },
);

export type DeltaToCumulativeConfig = ConfigOf<typeof deltaToCumulativeConfig>;
