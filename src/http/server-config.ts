import { headerMap } from '#config/header-map.ts';
import {
  boolean,
  type ConfigOf,
  checkedAtStart,
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
  withoutEffect,
} from '#config/schema.ts';
import { tlsServerConfig } from './tls-config.ts';
import { tlsStartProblem } from './tls-files.ts';

/** Default of `max_request_body_size` in bytes: 20 MiB. */
export const defaultMaxRequestBodySize = 20 * 1024 * 1024;

/** Content encodings that a server decodes by default. `''` is an unencoded body. */
const knownContentEncodings = ['', 'gzip', 'zstd', 'zlib', 'snappy', 'deflate', 'lz4', 'x-snappy-framed'] as const;

/**
 * Returns the keys of a listener, including gRPC (docs/reference/collector-behaviour.md#http-server-settings).
 * `reportedIn`: path of the group in validation messages.
 */
export function listenerShape(
  endpoint: string,
  { reportedIn, unless }: { readonly reportedIn: string; readonly unless?: readonly string[] | undefined },
) {
  return {
    endpoint: listenAddress(endpoint, unless).describe(
      'Address `host:port`, or a path for `unix`. Without a host, the server listens on every interface. Port 0 selects any free port.',
    ),
    transport: reportedAs(`${reportedIn}netaddr`, transport()).describe('`tcp`, `tcp4`, `tcp6`, or `unix`.'),
    dialer: withoutEffect(
      config('confignet.DialerConfig', {
        timeout: duration(0),
      }),
      'a server opens no connections',
    ),
    tls: reportedAs(`${reportedIn}tls`, optional(checkedAtStart(tlsServerConfig, tlsStartProblem))).describe(
      'Enables TLS.',
    ),
    max_connections: integer(10_000).describe(
      'Maximum number of open connections (pitot-specific). A further connection replaces the one that has been idle longest. `0` disables the limit.',
    ),
    include_metadata: boolean(false).describe('Passes request headers to processors, exporters, and extensions.'),
    middlewares: list(config('configmiddleware.Config', { id: string().describe('ID of an extension.') })).describe(
      'extensions that wrap the handler; none is built in',
    ),
  };
}

/** Defaults that differ between the users of {@link httpServerShape}. */
export interface HttpServerDefaults {
  readonly endpoint?: string;
  /** Other settings of the component with which nothing listens on the endpoint. */
  readonly unless?: readonly string[];
  /** Times in milliseconds, 0 for none. If absent, the Collector's general default applies. */
  readonly readHeaderTimeout?: number;
  readonly writeTimeout?: number;
}

/**
 * Returns the keys of an HTTP server (docs/reference/collector-behaviour.md#http-server-settings) with the defaults of one
 * component.
 */
export function httpServerShape(defaults: HttpServerDefaults = {}) {
  return {
    ...listenerShape(defaults.endpoint ?? '', { reportedIn: 'serverconfig::', unless: defaults.unless }),
    cors: optional(corsConfig).describe('Answers cross-origin requests of browsers.'),
    auth: optional(authConfig).describe('Extension that authenticates clients.'),
    max_request_body_size: integer(0, { goType: 'int64' }).describe(
      'bytes of a body, before and after decompression; 0: 20 MiB',
    ),
    response_headers: reportedAs('serverconfig::response_headers', headerMap()).describe('Headers of every response.'),
    compression_algorithms: compressionAlgorithms().describe('Content encodings of requests that are decoded.'),
    read_timeout: duration(0).describe('Maximum time to read a request including its body. `0` disables the limit.'),
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
    'Maximum time to wait for the next request on a connection. If `0`, `read_timeout` applies.',
  ),
});

/**
 * Returns the time that a connection waits for its next request, in milliseconds (0: no limit). Undefined if each
 * connection is closed after its response. Reads the block `keepalive` and the keys of older releases.
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
  allowed_origins: stringList().describe(
    'Origins that can send requests. Each can contain one `*` as a wildcard; `*` allows any origin.',
  ),
  allowed_headers: stringList().describe('Request headers that these origins can send. `*` allows any header.'),
  exposed_headers: stringList().describe('Response headers that these origins can read.'),
  max_age: integer(0).describe(
    'Time in seconds for which a browser caches a preflight response. `0` omits the header.',
  ),
});
export type CorsConfig = ConfigOf<typeof corsConfig>;

const authConfig = config('confighttp.AuthConfig', {
  authenticator: extensionId().describe('ID of an extension that authenticates requests.'),
  request_params: stringList().describe('Query parameters that are treated as headers of the same name.'),
});

const httpServerConfig = config('confighttp.ServerConfig', httpServerShape());
/** A decoded configuration of an HTTP server. Times are in milliseconds, sizes in bytes. */
export type HttpServerConfig = ConfigOf<typeof httpServerConfig>;
