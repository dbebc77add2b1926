import { type ConfigOf, config, duration, onByDefault, validated } from '#config/schema.ts';
import { retryConfig } from '#exporterhelper/retry-config.ts';
import { sendingQueueConfig } from '#exporterhelper/sending-queue-config.ts';
import { addressOf, grpcClientProblem, grpcClientShape } from '#otlp-client/grpc/config.ts';

/** See docs/reference/collector-behaviour.md#otlp-exporters. */
export const otlpGrpcExporterConfig = validated(
  validated(
    validated(
      config('otlpexporter.Config', {
        ...grpcClientShape({ compression: 'gzip', writeBufferSize: 524_288 }),
        timeout: duration('5s').describe('Maximum time of one attempt. `0` disables the limit.'),
        sending_queue: onByDefault(sendingQueueConfig).describe('Queue of requests. `enabled: false` disables it.'),
        retry_on_failure: retryConfig().describe('Retries of failed requests.'),
      }),
      ({ endpoint }) => (addressOf(endpoint) === '' ? 'requires a non-empty "endpoint"' : undefined),
    ),
    ({ timeout }) =>
      timeout < 0 ? { path: 'timeoutconfig', message: 'timeout value must be greater than or equal to 0' } : undefined,
  ),
  grpcClientProblem,
);

/** Times in milliseconds, sizes in bytes. */
export type OtlpGrpcExporterConfig = ConfigOf<typeof otlpGrpcExporterConfig>;
