import {
  boolean,
  type ConfigOf,
  config,
  duration,
  extensionId,
  float,
  integer,
  list,
  optionalWithDefaults,
  string,
  stringList,
  stringMap,
  validated,
} from '#config/schema.ts';
import { sendingQueueConfig } from '#exporterhelper/sending-queue-without-effect.ts';
import { httpServerShape } from '#http/server-config.ts';
import type { TranslationStrategy } from '#prometheus/naming/strategy.ts';
import { resourceLabels, resourceLabelsProblem } from './resource-labels-config.ts';

const strategies: readonly TranslationStrategy[] = [
  'UnderscoreEscapingWithSuffixes',
  'UnderscoreEscapingWithoutSuffixes',
  'NoUTF8EscapingWithSuffixes',
  'NoTranslation',
];

const accumulationConfig = validated(
  config('prometheusexporter.AccumulationConfig', {
    enabled: boolean(false).describe('add up what short-lived processes count, instead of showing the latest of them'),
    process_attributes: stringList(['service.instance.id']).describe(
      'resource attributes that only tell processes apart; they leave the identity of series',
    ),
    stream_expiration: duration('1h').describe('how long an idle input stream is remembered'),
    max_streams: integer(1_000_000).describe(
      'input streams that are remembered at most; beyond it the one that was idle longest is forgotten early',
    ),
    series_expiration: duration('24h', { allowNever: true }).describe(
      'how long an accumulated series is served after the last point of any sender; `never` is accepted',
    ),
    zero_first: boolean(true).describe('serve a new counter or histogram as 0 until it has been scraped once'),
    zero_hold: duration(0).describe('how long it stays 0 at least, for several scrapers'),
    storage: extensionId().describe(
      'id of a file_storage extension that keeps totals over restarts; empty: memory only',
    ),
    durable_ack: boolean(true).describe('with `storage`: answer a sender only after its contribution is on disk'),
  }),
  ({ streamExpiration, maxStreams, seriesExpiration, zeroHold }) => {
    if (streamExpiration <= 0) return '`stream_expiration` must be positive';
    if (maxStreams <= 0) return '`max_streams` must be positive';
    if (seriesExpiration <= 0) return '`series_expiration` must be positive';
    return zeroHold < 0 ? '`zero_hold` must not be negative' : undefined;
  },
);

/** behaviour.md §1.1; `accumulation`, `classic_buckets` and `max_series` are ours. */
export const prometheusConfig = validated(
  config('prometheusexporter.Config', {
    namespace: string('').describe('prefix of every metric name'),
    const_labels: stringMap({ goType: 'prometheus.Labels' }).describe(
      'labels of every series except target_info; they win over attributes',
    ),
    send_timestamps: boolean(false).describe('samples carry the time of their data point'),
    metric_expiration: duration('5m', { allowNever: true }).describe(
      'how long a series is served after its last point; 0: nothing is served; `never` is accepted',
    ),
    resource_constant_labels: resourceLabels.describe(
      'Resource attributes that become labels of every series. Use `included` and `excluded` only.',
    ),
    resource_to_telemetry_conversion: resourceLabels.describe(
      'Older spelling of `resource_constant_labels`; logs a warning. Only one of the two can be set.',
    ),
    enable_open_metrics: boolean(false).describe('serve OpenMetrics to scrapers that ask for it'),
    without_scope_info: boolean(false).describe('leave out the labels `otel_scope_…`'),
    add_metric_suffixes: boolean(true).describe(
      'ignored, as in the collector, unless the feature gate `exporter.prometheusexporter.DisableAddMetricSuffixes` is off: use `translation_strategy`',
    ),
    translation_strategy: string('').describe(
      `how names are made: ${strategies.map((name) => `\`${name}\``).join(', ')}; empty: the first of them`,
    ),
    sending_queue: optionalWithDefaults(sendingQueueConfig).describe('accepted; requests are applied at once'),
    max_series: integer(2_000_000).describe('new series beyond it are left out, counted and logged'),
    classic_buckets: list(float()).describe(
      'upper bounds that exponential histograms are also served with in the text formats, ascending',
    ),
    accumulation: accumulationConfig.describe('right counters from short-lived processes'),
    ...httpServerShape({ writeTimeout: 30_000 }),
  }),
  (config) => {
    const { translationStrategy, maxSeries, classicBuckets } = config;
    const labels = resourceLabelsProblem(config);
    if (labels !== undefined) return labels;
    if (translationStrategy !== '' && !strategies.includes(translationStrategy as TranslationStrategy)) {
      return `invalid translation_strategy: ${translationStrategy}`;
    }
    if (maxSeries <= 0) return '`max_series` must be positive';
    const isAscending = classicBuckets.every(
      (bound, i) => Number.isFinite(bound) && (i === 0 || bound > (classicBuckets[i - 1] as number)),
    );
    return isAscending ? undefined : '`classic_buckets` must be finite numbers in ascending order';
  },
);

export type PrometheusConfig = ConfigOf<typeof prometheusConfig>;
