import { boolean, type ConfigOf, config, duration, integer, validated } from '#config/schema.ts';

/** Configuration of the interval processor. `max_streams` is pitot-specific. */
export const intervalConfig = validated(
  config('intervalprocessor.Config', {
    interval: duration('60s').describe('Interval at which the processor passes the latest points on.'),
    pass_through: config('intervalprocessor.PassThrough', {
      gauge: boolean(false).describe('Whether gauges are passed on as they arrive.'),
      summary: boolean(false).describe('Whether summaries are passed on as they arrive.'),
    }),
    max_streams: integer(100_000).describe(
      'Maximum number of streams that are kept. At the limit, all of them are passed on before the interval ends.',
    ),
  }),
  ({ interval, maxStreams }) => {
    if (interval <= 0) return 'invalid interval value';
    return maxStreams <= 0 ? '`max_streams` must be positive' : undefined;
  },
);

export type IntervalConfig = ConfigOf<typeof intervalConfig>;
