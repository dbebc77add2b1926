import { type ConfigOf, config, enumeration, onByDefault, string, validated } from '#config/schema.ts';
import { retryConfig } from '#exporterhelper/retry-config.ts';
import { sendingQueueConfig } from '#exporterhelper/sending-queue-config.ts';
import { httpClientProblem, httpClientShape } from '#http-client/config.ts';

/** See docs/reference/collector-behaviour.md#otlp-exporters. */
export const otlpHttpExporterConfig = validated(
  validated(
    config('otlphttpexporter.Config', {
      ...httpClientShape({ timeout: '30s', compression: 'gzip', writeBufferSize: 524_288 }),
      traces_endpoint: string().describe('URL for traces. By default, `endpoint` with `/v1/traces`.'),
      metrics_endpoint: string().describe('URL for metrics. By default, `endpoint` with `/v1/metrics`.'),
      logs_endpoint: string().describe('URL for logs. By default, `endpoint` with `/v1/logs`.'),
      profiles_endpoint: string().describe('Accepted without effect: pitot has no profiles.'),
      encoding: enumeration({
        values: ['proto', 'json'],
        default: 'proto',
        refusal: (text) => `invalid encoding type: ${text}`,
      }).describe('Encoding of requests: `proto` or `json`.'),
      sending_queue: onByDefault(sendingQueueConfig).describe('Queue of requests. `enabled: false` disables it.'),
      retry_on_failure: retryConfig().describe('Retries of failed requests.'),
    }),
    ({ endpoint, tracesEndpoint, metricsEndpoint, logsEndpoint, profilesEndpoint }) =>
      [endpoint, tracesEndpoint, metricsEndpoint, logsEndpoint, profilesEndpoint].every((url) => url === '')
        ? 'at least one endpoint must be specified'
        : undefined,
  ),
  httpClientProblem,
);

/** Times in milliseconds, sizes in bytes. */
export type OtlpHttpExporterConfig = ConfigOf<typeof otlpHttpExporterConfig>;
