import {
  boolean,
  type ConfigOf,
  config,
  duration,
  optionalWithDefaults,
  string,
  stringMap,
  validated,
} from '#config/schema.ts';
import { sendingQueueConfig } from '#exporterhelper/sending-queue-without-effect.ts';
import { httpServerShape } from '#http/server-config.ts';
import type { TranslationStrategy } from '#prometheus/naming/strategy.ts';
import { seriesProblem, seriesShape } from '#series/config.ts';
import { resourceLabels, resourceLabelsProblem } from './resource-labels-config.ts';

const strategies: readonly TranslationStrategy[] = [
  'UnderscoreEscapingWithSuffixes',
  'UnderscoreEscapingWithoutSuffixes',
  'NoUTF8EscapingWithSuffixes',
  'NoTranslation',
];

/** docs/reference/collector-behaviour.md#exporter-settings; the settings of `seriesShape` are pitot-specific. */
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
    ...seriesShape,
    ...httpServerShape({ writeTimeout: 30_000 }),
  }),
  (config) => {
    const labels = resourceLabelsProblem(config);
    if (labels !== undefined) return labels;
    const { translationStrategy } = config;
    if (translationStrategy !== '' && !strategies.includes(translationStrategy as TranslationStrategy)) {
      return `invalid translation_strategy: ${translationStrategy}`;
    }
    return seriesProblem(config);
  },
);

export type PrometheusConfig = ConfigOf<typeof prometheusConfig>;
