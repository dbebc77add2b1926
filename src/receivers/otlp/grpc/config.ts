import { boolean, type ConfigOf, config, duration, extensionId, integer, optional, validated } from '#config/schema.ts';
import { listenerShape } from '#http/server-config.ts';

/** Bytes of a message when `max_recv_msg_size_mib` is not set: 4 MiB, as gRPC has it. */
export const defaultMaxMessageSize = 4 * 1024 * 1024;

const serverParameters = config('configgrpc.KeepaliveServerParameters', {
  max_connection_idle: duration(0).describe('close a connection without calls after this time; 0: never'),
  max_connection_age: duration(0).describe('close a connection after this time; 0: never'),
  max_connection_age_grace: duration(0).describe('time for calls to end after that; 0: as long as they need'),
  time: duration(0).describe('ping a client that was silent for this time; 0: 2h'),
  timeout: duration(0).describe('close the connection when a ping is not answered for this time; 0: 20s'),
});

const enforcementPolicy = config('configgrpc.KeepaliveEnforcementPolicy', {
  min_time: duration(0).describe('shortest time between pings of a client: accepted, not enforced'),
  permit_without_stream: boolean(false).describe('clients may ping without calls: accepted, always permitted'),
});

/** Configuration of OTLP over gRPC (docs/reference/collector-behaviour.md#otlp-over-grpc). */
export const grpcServerConfig = validated(
  config('configgrpc.ServerConfig', {
    ...listenerShape('localhost:4317', { reportedIn: '' }),
    auth: optional(
      config('configauth.Config', {
        authenticator: extensionId().describe('id of an extension that authenticates calls'),
      }),
    ).describe('ask an extension who may send'),
    max_recv_msg_size_mib: integer(0).describe('MiB of a message, decompressed; 0: 4'),
    max_concurrent_streams: integer(0, { goType: 'uint32' }).describe('calls at a time on a connection; 0: no limit'),
    read_buffer_size: integer(524_288).describe('accepted; Node has its own'),
    write_buffer_size: integer(0).describe('accepted; Node has its own'),
    keepalive: optional(
      config('configgrpc.KeepaliveServerConfig', {
        server_parameters: optional(serverParameters).describe('how the server checks connections'),
        enforcement_policy: optional(enforcementPolicy).describe('how clients may'),
      }),
    ).describe('idle and dead connections'),
  }),
  (grpc) => {
    if (grpc.maxRecvMsgSizeMib < 0) {
      return `invalid max_recv_msg_size_mib value, must be between 1 and 8796093022207: ${grpc.maxRecvMsgSizeMib}`;
    }
    if (grpc.readBufferSize < 0) return 'read_buffer_size value must be greater than or equal to 0';
    if (grpc.writeBufferSize < 0) return 'write_buffer_size value must be greater than or equal to 0';
    return undefined;
  },
);
export type GrpcServerConfig = NonNullable<ConfigOf<typeof grpcServerConfig>>;
