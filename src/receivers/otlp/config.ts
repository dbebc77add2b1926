import { type ConfigOf, config, duration, integer, optionalWithDefaults, validated } from '#config/schema.ts';
import { grpcServerConfigAt } from '#grpc-server/config.ts';
import { httpServerShape } from '#http/server-config.ts';
import { defaultItemLimits } from '#pdata/item-limits.ts';
import { signalPath } from './signal-path.ts';

/**
 * Configuration of OTLP over HTTP. Unlike other servers, it has no read and write timeouts by default
 * (docs/reference/collector-behaviour.md#receiver-settings).
 */
export const otlpHttpConfig = config('otlpreceiver.HTTPConfig', {
  ...httpServerShape({ endpoint: 'localhost:4318', readHeaderTimeout: 0, writeTimeout: 0 }),
  traces_url_path: signalPath('/v1/traces').describe('Path at which traces are received.'),
  metrics_url_path: signalPath('/v1/metrics').describe('Path at which metrics are received.'),
  logs_url_path: signalPath('/v1/logs').describe('Path at which logs are received.'),
});
export type OtlpHttpConfig = ConfigOf<typeof otlpHttpConfig>;

/** Every limit is far above the sizes that OpenTelemetry SDKs send. */
const limitsConfig = validated(
  config('otlpreceiver.Limits', {
    text_bytes: integer(defaultItemLimits.maxTextBytes).describe(
      'Maximum bytes of one text: a name, description, unit, or attribute. Items with a longer one are dropped and counted. `0` disables it.',
    ),
    attributes: integer(defaultItemLimits.maxAttributes).describe(
      'Maximum number of attributes of one data point, span, log record, scope, or resource. `0` disables it.',
    ),
    list_length: integer(defaultItemLimits.maxListLength).describe(
      'Maximum number of bounds, buckets, quantiles, exemplars, events, or links of one item. `0` disables it.',
    ),
    item_bytes: integer(defaultItemLimits.maxItemBytes).describe(
      'Maximum encoded bytes of one data point, span, log record, scope, or resource. `0` disables it.',
    ),
    in_flight_bytes: integer(0).describe(
      'Maximum bytes of all requests in flight in the process. Above it, requests are refused with 503, the oldest incomplete one first. `0` selects an eighth of the memory, from 48 to 256 MiB.',
    ),
    header_timeout: duration('1m').describe(
      'Maximum time from a connection, or from the start of a request, to the end of its headers; also for a TLS handshake (at most 10 s) and for the preface of HTTP/2. `0` disables it. `read_header_timeout` takes precedence.',
    ),
    body_timeout: duration('5m').describe(
      'Maximum time for the body of a request. Then the client receives 503 or `DEADLINE_EXCEEDED`. `0` disables it.',
    ),
    min_body_rate: integer(100).describe(
      'Minimum bytes per second of a body that takes more than ten seconds. Below it, the client receives 503 or `DEADLINE_EXCEEDED`. `0` disables it.',
    ),
  }),
  (limits) => (Object.values(limits).some((bound) => bound < 0) ? 'a limit must not be negative' : undefined),
);

export const otlpConfig = validated(
  config('otlpreceiver.Config', {
    protocols: config('otlpreceiver.Protocols', {
      grpc: optionalWithDefaults(grpcServerConfigAt('localhost:4317')).describe('Receives OTLP over gRPC.'),
      http: optionalWithDefaults(otlpHttpConfig).describe('Receives OTLP over HTTP, as protobuf and JSON.'),
    }).describe('Protocols to receive.'),
    limits: limitsConfig.describe('Limits on the data of clients (pitot-specific).'),
  }),
  (otlp) =>
    otlp.protocols.grpc || otlp.protocols.http
      ? undefined
      : { path: 'protocols', message: 'must specify at least one protocol when using the OTLP receiver' },
);
export type OtlpConfig = ConfigOf<typeof otlpConfig>;
