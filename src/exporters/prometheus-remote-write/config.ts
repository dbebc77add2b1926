import {
  boolean,
  type ConfigOf,
  config,
  duration,
  integer,
  nullable,
  string,
  stringList,
  stringMap,
  validated,
} from '#config/schema.ts';
import { retryConfig } from '#exporterhelper/retry-config.ts';
import { httpClientShape } from '#http-client/config.ts';
import { resourceLabels, resourceLabelsProblem } from '#prometheus/from-otlp/resource-labels-config.ts';
import type { TranslationStrategy } from '#prometheus/naming/strategy.ts';
import { protobufMessageProblem, versionOf } from '#remote-write/protobuf-message.ts';
import { reservedHeaders } from '#remote-write/protocol.ts';
import { pushShape } from '#remote-write/push-config.ts';
import { walConfig } from '#remote-write/wal/wal-config.ts';
import { type SeriesConfig, seriesProblem, seriesShape } from '#series/config.ts';

const utf8Strategies: readonly TranslationStrategy[] = ['NoUTF8EscapingWithSuffixes', 'NoTranslation'];
const strategies: readonly TranslationStrategy[] = [
  'UnderscoreEscapingWithSuffixes',
  'UnderscoreEscapingWithoutSuffixes',
  ...utf8Strategies,
];

/** Client settings of the Collector's exporter. */
const clientDefaults = {
  endpoint: 'http://some.url:9411/api/prom/push',
  timeout: '5s',
  writeBufferSize: 512 * 1024,
};

/** docs/reference/collector-behaviour.md#remote-write */
export const remoteWriteConfig = validated(
  config('prometheusremotewriteexporter.Config', {
    ...httpClientShape(clientDefaults),
    http: nullable(config('confighttp.ClientConfig', httpClientShape(clientDefaults))).describe(
      'The client settings in a separate section. It replaces the settings next to it.',
    ),
    retry_on_failure: retryConfig({ initialInterval: '50ms' }).describe('Repetition of requests that failed.'),
    namespace: string('').describe('Prefix of every metric name.'),
    external_labels: stringMap().describe('Labels of every series. An attribute of the same name takes precedence.'),
    remote_write_queue: config('prometheusremotewriteexporter.RemoteWriteQueue', {
      enabled: boolean(true).describe('Whether clients are answered before their data is sent.'),
      queue_size: integer(10_000).describe('Maximum number of OTLP requests that wait.'),
      num_consumers: integer(5).describe(
        'Number of requests that are sent at the same time, unless `max_batch_request_parallelism` is set.',
      ),
    }),
    max_batch_size_bytes: integer(3_000_000).describe('Maximum size of a request before compression in bytes.'),
    max_batch_request_parallelism: nullable(integer(0)).describe(
      'Number of requests that are sent at the same time if data is split.',
    ),
    resource_to_telemetry_conversion: resourceLabels.describe(
      'Older spelling of `resource_constant_labels`; logs a warning. Only one of the two can be set.',
    ),
    resource_constant_labels: resourceLabels.describe(
      'Resource attributes that become labels of every series. Use `included` and `excluded` only.',
    ),
    wal: walConfig.describe('Write-ahead log: requests stay on disk until they are sent. Disabled if absent.'),
    target_info: config('prometheusremotewriteexporter.TargetInfo', {
      enabled: boolean(true).describe('Whether to send `target_info` for each resource.'),
    }),
    disable_scope_info: boolean(false).describe('Omits the `otel_scope_…` labels.'),
    add_metric_suffixes: boolean(true).describe(
      'Whether names get suffixes for unit and type. `translation_strategy` takes precedence.',
    ),
    translation_strategy: string('').describe(
      `Translation of names: ${strategies.map((name) => `\`${name}\``).join(', ')}. The last two require Remote Write 2.0.`,
    ),
    send_metadata: boolean(false).describe(
      'Sends type, help, and unit of each metric with Remote Write 1.0. Version 2.0 always contains them.',
    ),
    protobuf_message: string('prometheus.WriteRequest').describe(
      'Version of the protocol: `prometheus.WriteRequest` is Remote Write 1.0, `io.prometheus.write.v2.Request` is 2.0. If the receiver does not support 2.0, pitot sends 1.0.',
    ),
    push_interval: duration(0).describe(
      'Stores the series as the prometheus exporter does, and pushes all of them at this interval: accurate totals. `0` sends data points as they arrive.',
    ),
    metric_expiration: duration('5m', { allowNever: true }).describe(
      'Time after its last data point at which a pushed series ends. `never` keeps it.',
    ),
    convert_explicit_histograms_to_nhcb: boolean(false).describe(
      'Sends explicit histograms as native histograms with custom buckets. The receiver must support them. Not with `push_interval`.',
    ),
    keep_classic_histograms: boolean(false).describe(
      'Whether `_bucket`, `_sum`, and `_count` are also sent with `convert_explicit_histograms_to_nhcb`.',
    ),
    ...pushShape,
    ...seriesShape,
    include_metadata_keys: stringList().describe(
      'Request headers of clients that are forwarded to the receiver. The receiver needs `include_metadata`.',
    ),
  }),
  (config) => {
    const labels = resourceLabelsProblem(config, 'exporter.prometheusremotewrite.DisableResourceToTelemetryConversion');
    if (labels !== undefined) return labels;
    const parallelism = config.maxBatchRequestParallelism;
    if (parallelism !== undefined && parallelism < 1) return "max_batch_request_parallelism can't be set to below 1";
    if (config.convertExplicitHistogramsToNhcb && config.pushInterval > 0) {
      const message = 'cannot be used with push_interval';
      return {
        path: 'convert_explicit_histograms_to_nhcb',
        message,
        remedy: 'remove it; with classic_buckets, pushed histograms have classic and native buckets',
      };
    }
    const { enabled, queueSize, numConsumers } = config.remoteWriteQueue;
    if (queueSize < 0) return "remote write queue size can't be negative";
    if (enabled && queueSize === 0) return 'a 0 size queue will drop all the data';
    if (numConsumers < 0) return "remote write consumer number can't be negative";
    if (config.maxBatchSizeBytes < 0) return 'max_batch_size_bytes must be greater than 0';
    const { compression } = config.http ?? config;
    if (compression !== '' && compression !== 'snappy') return 'compression type must be snappy';
    return strategyProblem(config) ?? metadataKeysProblem(config.includeMetadataKeys) ?? pushProblem(config);
  },
);

export type RemoteWriteConfig = ConfigOf<typeof remoteWriteConfig>;

function pushProblem(
  config: Omit<SeriesConfig, 'metricExpiration'> & { readonly pushInterval: number; readonly maxPendingBytes: number },
): string | undefined {
  const { pushInterval, accumulation, maxPendingBytes } = config;
  if (pushInterval === 0) return accumulation.enabled ? '`accumulation` requires a `push_interval`' : undefined;
  if (pushInterval < 1_000) return '`push_interval` must be at least 1s';
  if (maxPendingBytes <= 0) return '`max_pending_bytes` must be positive';
  return seriesProblem(config);
}

function strategyProblem(config: {
  readonly translationStrategy: string;
  readonly protobufMessage: string;
}): string | undefined {
  const message = protobufMessageProblem(config.protobufMessage);
  if (message !== undefined) return message;
  const strategy = config.translationStrategy as TranslationStrategy | '';
  if (strategy === '') return undefined;
  if (!strategies.includes(strategy)) return `invalid translation_strategy: ${strategy}`;
  if (versionOf(config.protobufMessage) === '1.0' && utf8Strategies.includes(strategy)) {
    return `translation strategy ${strategy} requires Prometheus Remote Write 2.0 (UTF-8 support)`;
  }
  return undefined;
}

function metadataKeysProblem(keys: readonly string[]): string | undefined {
  const reserved = keys.find((key) => reservedHeaders.includes(key.toLowerCase()));
  return reserved === undefined
    ? undefined
    : `include_metadata_keys entry ${JSON.stringify(reserved)} collides with a reserved remote write header`;
}
