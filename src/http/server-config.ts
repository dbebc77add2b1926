import { headerMap } from '#config/header-map.ts';
import {
  boolean,
  type ConfigOf,
  config,
  duration,
  enumeration,
  extensionId,
  integer,
  list,
  listenAddress,
  olderKey,
  onByDefault,
  optional,
  reportedAs,
  string,
  stringList,
  validated,
} from '#config/schema.ts';
import { tlsServerConfig } from './tls-config.ts';

/** Bytes of a request body that are accepted when `max_request_body_size` is not set: 20 MiB. */
export const defaultMaxRequestBodySize = 20 * 1024 * 1024;

/** Content encodings that a server decodes unless `compression_algorithms` says otherwise; `''` is an unencoded body. */
const knownContentEncodings = ['', 'gzip', 'zstd', 'zlib', 'snappy', 'deflate', 'lz4', 'x-snappy-framed'] as const;

/**
 * Returns the keys of a listener, also for gRPC (docs/reference/collector-behaviour.md#http-server-settings). `reportedIn`: path of
 * the group in validation messages.
 */
export function listenerShape(endpoint: string, { reportedIn }: { readonly reportedIn: string }) {
  return {
    endpoint: listenAddress(endpoint).describe(
      '`host:port`; no host: every interface, port 0: any free one; a path for unix',
    ),
    transport: reportedAs(`${reportedIn}netaddr`, transport()).describe('`tcp`, `tcp4`, `tcp6` or `unix`'),
    dialer: config('confignet.DialerConfig', {
      timeout: duration(0).describe('accepted; a server dials nobody'),
    }).describe('accepted; a server dials nobody'),
    tls: reportedAs(`${reportedIn}tls`, optional(tlsServerConfig)).describe('serve TLS'),
    max_connections: integer(10_000).describe(
      'connections at a time; one more takes the place of the one that was silent longest (ours; 0: no limit)',
    ),
    include_metadata: boolean(false).describe('hand request headers on to processors, exporters and extensions'),
    middlewares: list(config('configmiddleware.Config', { id: string().describe('id of an extension') })).describe(
      'extensions that wrap the handler; none is built in',
    ),
  };
}

export interface HttpServerDefaults {
  readonly endpoint?: string;
  /** Times in milliseconds, 0 = none; absent: the collector's general default. */
  readonly readHeaderTimeout?: number;
  readonly writeTimeout?: number;
}

/**
 * Returns the keys of an HTTP server (docs/reference/collector-behaviour.md#http-server-settings) with the defaults of one
 * component.
 */
export function httpServerShape(defaults: HttpServerDefaults = {}) {
  return {
    ...listenerShape(defaults.endpoint ?? '', { reportedIn: 'serverconfig::' }),
    cors: optional(corsConfig).describe('answer cross-origin requests of browsers'),
    auth: optional(authConfig).describe('ask an extension who may send'),
    max_request_body_size: integer(0, { goType: 'int64' }).describe(
      'bytes of a body, before and after decompression; 0: 20 MiB',
    ),
    response_headers: reportedAs('serverconfig::response_headers', headerMap()).describe('headers of every response'),
    compression_algorithms: compressionAlgorithms().describe('content encodings of requests that are decoded'),
    read_timeout: duration(0).describe('longest time to read a request, body included; 0: none'),
    read_header_timeout: duration(defaults.readHeaderTimeout ?? '1m').describe(
      'longest time to read the headers of a request; 0: as `read_timeout`',
    ),
    write_timeout: duration(defaults.writeTimeout ?? '30s').describe(
      'longest time from the headers of a request to the end of its response; 0: none',
    ),
    keepalive: onByDefault(keepaliveConfig).describe(
      'Serves several requests on a connection. `enabled: false` closes each connection after its response.',
    ),
    idle_timeout: olderKey(duration(0)).describe(
      'Older spelling of `keepalive.idle_timeout`. Takes precedence over it.',
    ),
    keep_alives_enabled: olderKey(boolean(true)).describe('Older spelling: `false` is `keepalive.enabled: false`.'),
  };
}

const keepaliveConfig = config('confighttp.KeepaliveServerConfig', {
  idle_timeout: duration('1m').describe(
    'Longest time to wait for the next request on a connection. `0`: the same as `read_timeout`.',
  ),
});

/**
 * Returns how long a connection waits for its next request, in milliseconds (0: no limit). Undefined: each connection is
 * closed after its response. Reads the block `keepalive` and the keys of older releases.
 */
export function keepaliveOf({
  keepalive,
  idleTimeout,
  keepAlivesEnabled = keepalive !== undefined,
  readTimeout,
}: Pick<HttpServerConfig, 'keepalive' | 'idleTimeout' | 'keepAlivesEnabled' | 'readTimeout'>): number | undefined {
  if (!keepAlivesEnabled) return undefined;
  const idle = idleTimeout ?? keepalive?.idleTimeout ?? 0;
  return Math.max(idle === 0 ? readTimeout : idle, 0);
}

const transports = [
  ...['tcp', 'tcp4', 'tcp6', 'udp', 'udp4', 'udp6', 'ip', 'ip4', 'ip6'],
  ...['unix', 'unixgram', 'unixpacket', 'npipe', ''],
];

function transport() {
  const refusal = (text: string) => `unsupported transport type ${JSON.stringify(text)}`;
  return validated(enumeration({ values: transports, default: 'tcp', zero: '', refusal }), (value) =>
    value === '' ? { message: 'invalid transport type ""' } : undefined,
  );
}

function compressionAlgorithms() {
  return validated(stringList(knownContentEncodings), (names) => {
    const unknown = names.find((name) => !(knownContentEncodings as readonly string[]).includes(name));
    if (unknown === undefined) return undefined;
    const known = knownContentEncodings.map((name) => JSON.stringify(name)).join(', ');
    return `unknown compression algorithm ${JSON.stringify(unknown)}, expected some of ${known}`;
  });
}

const corsConfig = config('confighttp.CORSConfig', {
  allowed_origins: stringList().describe('origins that may ask; one `*` in each is a wildcard, `*` is any'),
  allowed_headers: stringList().describe('request headers that they may send; `*` is any'),
  exposed_headers: stringList().describe('response headers that they may read'),
  max_age: integer(0).describe('seconds for which a preflight answer may be kept; 0: not said'),
});
export type CorsConfig = ConfigOf<typeof corsConfig>;

const authConfig = config('confighttp.AuthConfig', {
  authenticator: extensionId().describe('id of an extension that authenticates requests'),
  request_params: stringList().describe('query parameters that stand for the header of the same name'),
});

const httpServerConfig = config('confighttp.ServerConfig', httpServerShape());
/** A decoded configuration of an HTTP server; times in milliseconds, sizes in bytes. */
export type HttpServerConfig = ConfigOf<typeof httpServerConfig>;
