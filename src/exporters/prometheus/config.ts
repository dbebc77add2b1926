import {
  boolean,
  type ConfigOf,
  config,
  duration,
  integer,
  optionalWithDefaults,
  string,
  stringMap,
  validated,
  withoutEffect,
} from '#config/schema.ts';
import { sendingQueueConfig } from '#exporterhelper/sending-queue-config.ts';
import { httpServerShape } from '#http/server-config.ts';
import { resourceLabels, resourceLabelsProblem } from '#prometheus/from-otlp/resource-labels-config.ts';
import type { TranslationStrategy } from '#prometheus/naming/strategy.ts';
import { remoteWriteSection } from '#remote-write/push-config.ts';
import { seriesProblem, seriesShape } from '#series/config.ts';

const strategies: readonly TranslationStrategy[] = [
  'UnderscoreEscapingWithSuffixes',
  'UnderscoreEscapingWithoutSuffixes',
  'NoUTF8EscapingWithSuffixes',
  'NoTranslation',
];

/** docs/reference/collector-behaviour.md#exporter-settings. The settings of `seriesShape` are pitot-specific. */
export const prometheusConfig = validated(
  config('prometheusexporter.Config', {
    namespace: string('').describe('Prefix of every metric name.'),
    const_labels: stringMap({ goType: 'prometheus.Labels' }).describe(
      'Labels of every series except target_info. They take precedence over attributes.',
    ),
    send_timestamps: boolean(false).describe('Adds the time of the data point to samples.'),
    metric_expiration: duration('5m', { allowNever: true }).describe(
      'Time after its last data point at which a series disappears from `/metrics`. `0` hides every series; `never` keeps them.',
    ),
    resource_constant_labels: resourceLabels.describe(
      'Resource attributes that become labels of every series. Use `included` and `excluded` only.',
    ),
    resource_to_telemetry_conversion: resourceLabels.describe(
      'Older spelling of `resource_constant_labels`; logs a warning. Only one of the two can be set.',
    ),
    enable_open_metrics: boolean(false).describe('Offers OpenMetrics to scrapers that request it.'),
    without_scope_info: boolean(false).describe('Omits the `otel_scope_…` labels.'),
    add_metric_suffixes: boolean(true).describe(
      'Accepted without effect, unless the feature gate `exporter.prometheusexporter.DisableAddMetricSuffixes` is disabled. Use `translation_strategy`.',
    ),
    translation_strategy: string('', { values: strategies }).describe(
      `Translation of names: ${strategies.map((name) => `\`${name}\``).join(', ')}. The default is the first.`,
    ),
    sending_queue: withoutEffect(optionalWithDefaults(sendingQueueConfig), 'requests are applied immediately'),
    max_concurrent_scrapes: integer(16).describe(
      'Maximum number of scrapes at the same time. Further ones are answered with 503 and `Retry-After`. While memory is short, fewer are answered, but at least two.',
    ),
    remote_write: remoteWriteSection.describe(
      'Pushes the series to a receiver of Prometheus Remote Write, in addition to `/metrics`. Disabled if absent.',
    ),
    ...seriesShape,
    ...httpServerShape({ writeTimeout: 30_000 }),
  }),
  (config) => {
    const labels = resourceLabelsProblem(config, 'exporter.prometheus.DisableResourceToTelemetryConversion');
    if (labels !== undefined) return labels;
    const { translationStrategy } = config;
    if (translationStrategy !== '' && !strategies.includes(translationStrategy as TranslationStrategy)) {
      return `invalid translation_strategy: ${translationStrategy}`;
    }
    if (config.maxConcurrentScrapes <= 0) return '`max_concurrent_scrapes` must be positive';
    return seriesProblem(config);
  },
);

export type PrometheusConfig = ConfigOf<typeof prometheusConfig>;
