import { type ConfigOf, config, duration, onByDefault } from '#config/schema.ts';
import { retryConfig } from '#exporterhelper/retry-config.ts';
import { sendingQueueConfig } from '#exporterhelper/sending-queue-config.ts';
import { grpcClientShape } from '#otlp-client/grpc/config.ts';

/** `protocol.otlp`: the settings of the otlp_grpc exporter for every endpoint. The resolver finds the endpoints. */
export const otlpBackendConfig = config('otlpexporter.Config', {
  ...grpcClientShape({ compression: 'gzip', writeBufferSize: 524_288 }),
  timeout: duration('5s').describe('Maximum time of one attempt. `0` disables the limit.'),
  sending_queue: onByDefault(sendingQueueConfig).describe('Queue of each endpoint. `enabled: false` disables it.'),
  retry_on_failure: retryConfig().describe('Retries of failed requests to the owner.'),
});

export type OtlpBackendConfig = ConfigOf<typeof otlpBackendConfig>;
