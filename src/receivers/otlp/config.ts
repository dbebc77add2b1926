import { type ConfigOf, config, integer, optionalWithDefaults, validated } from '#config/schema.ts';
import { httpServerShape } from '#http/server-config.ts';
import { grpcServerConfig } from './grpc/config.ts';
import { signalPath } from './signal-path.ts';

/**
 * Configuration of OTLP over HTTP. Unlike other servers, it has no read and write timeouts by default
 * (docs/reference/collector-behaviour.md#receiver-settings).
 */
export const otlpHttpConfig = config('otlpreceiver.HTTPConfig', {
  ...httpServerShape({ endpoint: 'localhost:4318', readHeaderTimeout: 0, writeTimeout: 0 }),
  traces_url_path: signalPath('/v1/traces').describe('path at which traces are received'),
  metrics_url_path: signalPath('/v1/metrics').describe('path at which metrics are received'),
  logs_url_path: signalPath('/v1/logs').describe('path at which logs are received'),
  max_pending_body_bytes: integer(256 * 1024 * 1024).describe(
    'bytes of request bodies that are being received at a time; more are refused with 503 (ours)',
  ),
});
export type OtlpHttpConfig = ConfigOf<typeof otlpHttpConfig>;

export const otlpConfig = validated(
  config('otlpreceiver.Config', {
    protocols: config('otlpreceiver.Protocols', {
      grpc: optionalWithDefaults(grpcServerConfig).describe('receive OTLP over gRPC'),
      http: optionalWithDefaults(otlpHttpConfig).describe('receive OTLP over HTTP, protobuf and JSON'),
    }).describe('how to receive'),
  }),
  (otlp) =>
    otlp.protocols.grpc || otlp.protocols.http
      ? undefined
      : { path: 'protocols', message: 'must specify at least one protocol when using the OTLP receiver' },
);
export type OtlpConfig = ConfigOf<typeof otlpConfig>;
