import { headerMap } from '#config/header-map.ts';
import {
  boolean,
  type ConfigOf,
  type ConfigProblem,
  config,
  duration,
  integer,
  olderKey,
  onByDefault,
  optionalWithDefaults,
  string,
  withoutEffect,
} from '#config/schema.ts';
import { tlsClientConfig } from '#http/tls-config.ts';
import { authKey, bufferKeys, type Compression, compressionKey, middlewareKeys } from './client-keys.ts';

/** Defaults that differ between the users of {@link httpClientShape}. */
export interface HttpClientDefaults {
  readonly endpoint?: string;
  /** Go's text. */
  readonly timeout?: string;
  readonly compression?: Compression;
  readonly writeBufferSize?: number;
}

/** Returns the keys of an HTTP client (docs/reference/collector-behaviour.md) with the defaults of one component. */
export function httpClientShape(defaults: HttpClientDefaults = {}) {
  return {
    endpoint: string(defaults.endpoint ?? '').describe('URL of the receiver.'),
    timeout: duration(defaults.timeout ?? 0).describe('Maximum time of one request. `0` disables the limit.'),
    headers: headerMap().describe('Headers of every request.'),
    auth: authKey(),
    tls: tlsClientConfig.describe('TLS settings, for `https` endpoints.'),
    compression: compressionKey(defaults.compression ?? '').describe(
      'Encoding of request bodies: `gzip`, `zstd`, `snappy`, `x-snappy-framed`, `deflate`, `zlib`, or `none`.',
    ),
    compression_params: config('configcompression.CompressionParams', {
      level: integer(0).describe('Level of `gzip`, `deflate`, `zlib` (1 to 9, -1: default), or `zstd`.'),
    }),
    proxy_url: string().describe(
      'Proxy. By default, the environment variables `HTTP_PROXY`, `HTTPS_PROXY`, and `NO_PROXY` apply.',
    ),
    keepalive: onByDefault(
      config('confighttp.KeepaliveClientConfig', {
        idle_conn_timeout: duration('90s').describe('Time after which an idle connection is closed. `0`: never.'),
        max_idle_conns: withoutEffect(integer(100), 'idle connections are closed by `idle_conn_timeout`'),
        max_idle_conns_per_host: withoutEffect(integer(0), 'idle connections are closed by `idle_conn_timeout`'),
      }),
    ).describe('Sends several requests over a connection. `enabled: false` opens a connection for each request.'),
    max_conns_per_host: integer(0).describe('Maximum number of connections to a host. `0` disables the limit.'),
    cookies: optionalWithDefaults(config('confighttp.CookiesConfig', {})).describe(
      'Keeps the cookies of the receiver and sends them with later requests.',
    ),
    ...bufferKeys(defaults.writeBufferSize),
    force_attempt_http2: withoutEffect(boolean(true), 'requests use HTTP/1.1'),
    http2_read_idle_timeout: withoutEffect(duration(0), 'requests use HTTP/1.1'),
    http2_ping_timeout: withoutEffect(duration(0), 'requests use HTTP/1.1'),
    ...middlewareKeys(),
    idle_conn_timeout: olderKey(duration(0)).describe('Older spelling of `keepalive.idle_conn_timeout`.'),
    max_idle_conns: withoutEffect(olderKey(integer(0))),
    max_idle_conns_per_host: withoutEffect(olderKey(integer(0))),
    disable_keep_alives: olderKey(boolean(false)).describe('Older spelling: `true` is `keepalive.enabled: false`.'),
  };
}

export const httpClientConfig = config('confighttp.ClientConfig', httpClientShape());
/** A decoded configuration of an HTTP client. Times are in milliseconds. */
export type HttpClientConfig = ConfigOf<typeof httpClientConfig>;

/** Returns a problem of the decoded settings, for `validated`. The Collector reports it under `clientconfig`. */
export function httpClientProblem({
  compression: type,
  compressionParams: { level },
}: Pick<HttpClientConfig, 'compression' | 'compressionParams'>): ConfigProblem | undefined {
  if (type === '' || type === 'none' || type === 'zstd') return undefined;
  const takesLevel = type === 'gzip' || type === 'zlib' || type === 'deflate';
  if (takesLevel ? level >= -2 && level <= 9 : level === 0) return undefined;
  const message = `unsupported parameters {Level:${level}} for compression type ${JSON.stringify(type)}`;
  return { path: 'clientconfig', message };
}
