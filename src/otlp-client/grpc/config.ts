import { headerMap } from '#config/header-map.ts';
import {
  boolean,
  type ConfigOf,
  type ConfigProblem,
  config,
  duration,
  optionalWithDefaults,
  string,
} from '#config/schema.ts';
import { tlsClientConfig } from '#http/tls-config.ts';
import { authKey, bufferKeys, type Compression, compressionKey, middlewareKeys } from '#http-client/client-keys.ts';

/** Defaults that differ between the users of {@link grpcClientShape}. */
export interface GrpcClientDefaults {
  readonly compression?: Compression;
  readonly writeBufferSize?: number;
}

/** Returns the keys of a gRPC client (docs/reference/collector-behaviour.md#otlp-exporters) with the defaults of one component. */
export function grpcClientShape(defaults: GrpcClientDefaults = {}) {
  return {
    endpoint: string().describe('Address `host:port` of the receiver, or `unix:///path`.'),
    compression: compressionKey(defaults.compression ?? '').describe(
      'Encoding of messages: `gzip` or `none`. `snappy` and `zstd` are accepted, and `gzip` is used instead.',
    ),
    tls: tlsClientConfig.describe('TLS settings. `insecure: true` disables TLS.'),
    keepalive: optionalWithDefaults(
      config('configgrpc.KeepaliveClientConfig', {
        time: duration('10s').describe('Time without traffic after which the connection is checked.'),
        timeout: duration('10s').describe('Time to wait for the answer of a check.'),
        permit_without_stream: boolean(false).describe('Whether to check a connection without requests.'),
      }),
    ).describe('Checks whether an idle connection still works.'),
    headers: headerMap().describe('Metadata of every request.'),
    auth: authKey(),
    balancer_name: string('round_robin').describe(
      'Choice between the addresses of a name: `round_robin` or `pick_first`.',
    ),
    authority: string().describe('Value of the header `:authority`. By default, the host of the endpoint.'),
    wait_for_ready: boolean(false).describe('Whether requests wait for a connection instead of failing.'),
    user_agent: string().describe('Header `User-Agent`. By default, that of the Collector.'),
    ...bufferKeys(defaults.writeBufferSize),
    ...middlewareKeys(),
  };
}

const grpcClientConfig = config('configgrpc.ClientConfig', grpcClientShape());
/** A decoded configuration of a gRPC client. Times are in milliseconds. */
export type GrpcClientConfig = ConfigOf<typeof grpcClientConfig>;

const balancers = ['round_robin', 'pick_first'];

/** Returns the problems of the decoded settings, for `validated`. The Collector reports them under `clientconfig`. */
export function grpcClientProblem(
  client: Pick<GrpcClientConfig, 'endpoint' | 'balancerName'>,
): ConfigProblem | undefined {
  const message = endpointProblem(client.endpoint) ?? balancerProblem(client.balancerName);
  return message === undefined ? undefined : { path: 'clientconfig', message };
}

function endpointProblem(endpoint: string): string | undefined {
  if (endpoint.startsWith('unix://')) return endpoint === 'unix://' ? 'unix socket path cannot be empty' : undefined;
  const address = addressOf(endpoint);
  if (address === '') return undefined;
  const [, host, port] = /^(.*):([^:]*)$/.exec(address) ?? [];
  if (host === undefined || port === undefined) return `address ${address}: missing port in address`;
  if (host.includes(':') && !host.startsWith('[')) return `address ${address}: too many colons in address`;
  return /^[+-]?\d+$/.test(port) ? undefined : `invalid port ${JSON.stringify(port)}`;
}

function balancerProblem(name: string): string | undefined {
  return name === '' || balancers.includes(name) ? undefined : `invalid balancer_name: ${name}`;
}

/** Returns `host:port` of an endpoint, without its scheme. */
export function addressOf(endpoint: string): string {
  return endpoint.replace(/^https?:\/\//, '').replace(/^[a-z]+:\/\/[^/]*\//, '');
}
