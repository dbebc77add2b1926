import {
  boolean,
  type ConfigOf,
  config,
  duration,
  extensionId,
  integer,
  optional,
  validated,
  withoutEffect,
} from '#config/schema.ts';
import { listenerShape } from '#http/server-config.ts';

/** Default of `max_recv_msg_size_mib` in bytes. Same as in gRPC: 4 MiB. */
export const defaultMaxMessageSize = 4 * 1024 * 1024;

const serverParameters = config('configgrpc.KeepaliveServerParameters', {
  max_connection_idle: duration(0).describe('Time without calls after which a connection is closed. `0` disables it.'),
  max_connection_age: duration(0).describe('Time after which a connection is closed. `0` disables it.'),
  max_connection_age_grace: duration(0).describe(
    'Time for running calls to end after `max_connection_age`. `0` disables the limit.',
  ),
  time: duration(0).describe('Idle time after which the server pings a client. `0` selects 2h.'),
  timeout: duration(0).describe(
    'Time to wait for the response to a ping before the connection is closed. `0` selects 20s.',
  ),
});

const enforcementPolicy = config('configgrpc.KeepaliveEnforcementPolicy', {
  min_time: withoutEffect(duration(0), 'pings are not limited'),
  permit_without_stream: withoutEffect(boolean(false), 'clients can always ping without calls'),
});

/** Configuration of a gRPC server (docs/reference/collector-behaviour.md#otlp-over-grpc), with its default address. */
export function grpcServerConfigAt(endpoint: string) {
  return validated(group(endpoint), (grpc) => {
    if (grpc.maxRecvMsgSizeMib < 0) {
      return `invalid max_recv_msg_size_mib value, must be between 1 and 8796093022207: ${grpc.maxRecvMsgSizeMib}`;
    }
    if (grpc.readBufferSize < 0) return 'read_buffer_size value must be greater than or equal to 0';
    if (grpc.writeBufferSize < 0) return 'write_buffer_size value must be greater than or equal to 0';
    return undefined;
  });
}
export type GrpcServerConfig = NonNullable<ConfigOf<ReturnType<typeof grpcServerConfigAt>>>;

function group(endpoint: string) {
  return config('configgrpc.ServerConfig', {
    ...listenerShape(endpoint, { reportedIn: '' }),
    auth: optional(
      config('configauth.Config', {
        authenticator: extensionId().describe('ID of an extension that authenticates calls.'),
      }),
    ).describe('Extension that authenticates clients.'),
    max_recv_msg_size_mib: integer(0).describe('Maximum size of a message after decompression, in MiB. `0` selects 4.'),
    max_concurrent_streams: integer(0, { goType: 'uint32' }).describe(
      'Maximum number of concurrent calls on a connection. `0` disables the limit.',
    ),
    read_buffer_size: withoutEffect(integer(524_288), 'Node.js has its own buffers'),
    write_buffer_size: withoutEffect(integer(0), 'Node.js has its own buffers'),
    keepalive: optional(
      config('configgrpc.KeepaliveServerConfig', {
        server_parameters: optional(serverParameters).describe('Checks of connections by the server.'),
        enforcement_policy: optional(enforcementPolicy).describe('Rules for pings of clients.'),
      }),
    ).describe('Detection of idle and dead connections.'),
  });
}
