import {
  anything,
  boolean,
  type ConfigOf,
  config,
  duration,
  enumeration,
  extensionId,
  integer,
  list,
  nullable,
  string,
  stringList,
  validated,
} from '#config/schema.ts';
import { previousRings, previousRingsProblem } from '#sharding/ring-config.ts';
import { gaugeCombinations } from './accumulation/rules/gauge-combination.ts';
import { classicBucketsProblem } from './classic-bounds.ts';

const targetInfoModes = ['off', 'per_process', 'joined'] as const;

const ringConfig = validated(
  config('prometheusexporter.RingConfig', {
    self: string().describe('Endpoint of this process, as in `hostnames` or in a previous ring.'),
    hostnames: stringList().describe('Endpoints of all owners; same as in the `static` resolver of `load_balancing`.'),
    previous: previousRings.describe('Earlier endpoints, and when they were replaced; same as in `load_balancing`.'),
  }),
  ({ self, hostnames, previous }) => {
    if (![{ hostnames }, ...previous].some((ring) => ring.hostnames.includes(self))) {
      return `\`self\` (${JSON.stringify(self)}) must be one of \`hostnames\`, or of a previous ring`;
    }
    return previousRingsProblem(previous);
  },
);

const accumulationConfig = validated(
  config('prometheusexporter.AccumulationConfig', {
    enabled: boolean(false).describe(
      'Whether to add up the counts of short-lived processes. If `false`, the latest value of each series is shown.',
    ),
    process_attributes: stringList(['service.instance.id']).describe(
      "Resource attributes that only identify a process. They are not part of a series' identity.",
    ),
    stream_expiration: duration('1h', { allowDays: true }).describe(
      'Time without data points after which pitot discards a stream.',
    ),
    max_streams: integer(1_000_000).describe(
      'Maximum number of active streams. Above the limit, pitot evicts the stream that has been idle longest.',
    ),
    max_tombstones: integer(1_000_000).describe(
      'Maximum number of discarded streams that pitot recognizes, for up to one week. Each takes about 56 bytes, and 8 for the buckets of histograms.',
    ),
    history_margin: duration('24h', { allowDays: true }).describe(
      'Age of a data point, relative to the start of the state, above which it is replayed history and counts in full.',
    ),
    series_expiration: duration('24h', { allowNever: true, allowDays: true }).describe(
      'Time after its last data point at which an accumulated series disappears from `/metrics`. `never` keeps it.',
    ),
    zero_first: anything().describe(
      '`true` (default): report a new counter or histogram as 0 until every scraper has received that 0. `all`: treat every GET request as a scrape. `false`: show values immediately.',
    ),
    zero_hold: duration(0).describe('Minimum duration of the initial 0 after all scrapers have received it.'),
    zero_hold_max: duration('2m').describe('Maximum duration of the initial 0.'),
    target_info: enumeration({
      values: targetInfoModes,
      default: 'joined',
      zero: 'joined',
      refusal: (text) => `unknown mode ${JSON.stringify(text)}; use off, per_process, or joined`,
    }).describe(
      'Content of `target_info`. `joined`: one series per job, with the resource attributes that all its processes of the last `stream_expiration` share. `per_process`: one per process for `metric_expiration`, same as in the Collector. `off`: none.',
    ),
    storage: extensionId().describe(
      'ID of the `file_storage` extension that persists totals. If empty, a restart resets them.',
    ),
    ring: nullable(ringConfig).describe('The share of a sharded pitot that this process owns. See docs/scale.md.'),
    durable_ack: boolean(true).describe(
      'With `storage`: whether to answer a client only after its contribution is on disk.',
    ),
  }),
  ({
    streamExpiration,
    maxStreams,
    maxTombstones,
    historyMargin,
    seriesExpiration,
    zeroFirst,
    zeroHold,
    zeroHoldMax,
  }) => {
    if (streamExpiration <= 0) return '`stream_expiration` must be positive';
    if (maxStreams <= 0) return '`max_streams` must be positive';
    if (maxTombstones < 0) return '`max_tombstones` must not be negative';
    if (historyMargin < 0) return '`history_margin` must not be negative';
    if (seriesExpiration <= 0) return '`series_expiration` must be positive';
    if (!isZeroFirst(zeroFirst)) return '`zero_first` must be `true`, `false`, or `all`';
    if (zeroHoldMax < 0) return '`zero_hold_max` must not be negative';
    return zeroHold < 0 ? '`zero_hold` must not be negative' : undefined;
  },
);

/** Values of `zero_first`. Undefined selects the default. */
type ZeroFirst = boolean | 'all' | undefined;

function isZeroFirst(value: unknown): value is ZeroFirst {
  return value === undefined || value === null || typeof value === 'boolean' || value === 'all';
}

/** Settings of every exporter that owns a series store. */
export const seriesShape = {
  max_series: integer(2_000_000).describe(
    'Maximum number of series. Further series are dropped, counted, and logged until others expire.',
  ),
  expirations: list(
    config('prometheusexporter.Expiration', {
      metrics: stringList().describe('Metric names, as on `/metrics` or as in OTLP, with `*` for any text.'),
      after: duration('5m', { allowNever: true, allowDays: true }).describe(
        'Time after its last data point at which a series disappears, in Go units or days (`7d`). `never` keeps it.',
      ),
    }),
  ).describe(
    'Expiration of single metrics. The first entry that matches takes precedence over `metric_expiration` and `series_expiration`.',
  ),
  classic_buckets: anything().describe(
    'Upper bounds, ascending, for which exponential histograms also get classic buckets: one list, or a map from the unit of a metric to its list. Default: with accumulation, one list each for milliseconds, seconds, bytes, and no unit; otherwise none.',
  ),
  gauges: list(
    config('prometheusexporter.GaugeCombination', {
      metrics: stringList().describe('Metric names, as on `/metrics` or as in OTLP, with `*` for any text.'),
      combine: enumeration({
        values: gaugeCombinations,
        default: 'last',
        refusal: (text) => `unknown combination ${JSON.stringify(text)}; use last, sum, max, or min`,
      }).describe('Combination of the values of all active processes into one gauge.'),
    }),
  ).describe('Gauges that several processes write. Requires accumulation. Default: the value with the latest time.'),
  accumulation: accumulationConfig.describe('Accurate totals from short-lived processes.'),
};

/** The decoded settings. The exporter declares `metric_expiration`. */
export type SeriesConfig = ConfigOf<ReturnType<typeof seriesConfig>> & { readonly metricExpiration: number };

/** Used only for its return type. */
function seriesConfig() {
  return config('series.Config', seriesShape);
}

/** Returns the problem of the settings, or undefined. */
export function seriesProblem(config: Omit<SeriesConfig, 'metricExpiration'>): string | undefined {
  if (config.maxSeries <= 0) return '`max_series` must be positive';
  for (const { metrics, after } of config.expirations) {
    if (metrics.length === 0) return '`expirations` must name `metrics`';
    if (after <= 0) return '`expirations`: `after` must be positive';
  }
  if (config.gauges.length > 0 && !config.accumulation.enabled)
    return '`gauges` requires `accumulation::enabled: true`';
  if (config.gauges.some(({ metrics }) => metrics.length === 0)) return '`gauges` must name `metrics`';
  return classicBucketsProblem(config.classicBuckets);
}
