import { type AddressInfo, createServer, type Socket, type Server as TcpServer } from 'node:net';
import { performance } from 'node:perf_hooks';
import { createServer as createTlsServer } from 'node:tls';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { ComponentSettings, Host, Logger } from '#component/component.ts';
import { withDeadline } from '#component/deadline.ts';
import type { ListenerView } from '#component/views/component-views.ts';
import { resolveAuthenticator } from '#http/authentication.ts';
import { bindServer, keepCertificates } from '#http/bind-server.ts';
import { isHttp2, lookAtFirstBytes } from '#http/first-bytes.ts';
import type { RejectionLog } from '#http/rejected-requests.ts';
import { TlsContext } from '#http/tls-context.ts';
import type { Handlings } from '../signal-decoders.ts';
import { SignalIntake } from '../signal-intake.ts';
import { addGrpcCompressions } from './compression.ts';
import { defaultMaxMessageSize, type GrpcServerConfig } from './config.ts';
import { ExportService } from './export-service.ts';

interface GrpcOptions {
  readonly config: GrpcServerConfig;
  readonly settings: ComponentSettings;
  readonly handlings: Handlings;
  readonly rejected: RejectionLog;
  readonly host: Host;
}

const services = {
  metrics: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
  traces: 'opentelemetry.proto.collector.trace.v1.TraceService',
  logs: 'opentelemetry.proto.collector.logs.v1.LogsService',
} as const;

/**
 * OTLP over gRPC. The listener is ours, as for HTTP (addresses, TLS with reload, bound on connections); the library is given
 * its connections.
 */
export class GrpcListener {
  readonly #config: GrpcServerConfig;
  readonly #rpc: Server;
  readonly #listener: TcpServer;
  readonly #sockets = new Set<Socket>();
  #closing: Promise<void> | undefined;
  #address: string | undefined;

  /** @throws Error when TLS files or the authenticator can't be had */
  constructor({ config, settings, handlings, rejected, host }: GrpcOptions) {
    this.#config = config;
    addGrpcCompressions();
    this.#rpc = new Server(rpcOptions(config));
    const authenticator = config.auth ? resolveAuthenticator(config.auth.authenticator, host) : undefined;
    for (const signal of ['metrics', 'traces', 'logs'] as const) {
      const handling = handlings[signal];
      const service = new ExportService({
        name: services[signal],
        intake: handling && new SignalIntake<unknown>(handling, settings, 'grpc'),
        authenticator,
        rejected,
        port: () => (this.#listener.address() as AddressInfo | null)?.port ?? 0,
        includeMetadata: config.includeMetadata,
      });
      service.addTo(this.#rpc);
    }
    const injector = this.#rpc.createConnectionInjector(ServerCredentials.createInsecure());
    this.#listener = this.#createListener({ ...settings, rejected }, (socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      socket.on('error', () => socket.destroy());
      lookAtFirstBytes(socket, (bytes) => {
        if (!isHttp2(bytes)) rejected.connection(bytes, socket, 'grpc');
        injector.injectConnection(socket);
      });
    });
    if (config.maxConnections > 0) this.#listener.maxConnections = config.maxConnections;
    this.#listener.on('drop', () =>
      settings.metrics
        .counter(
          'pitot_grpc_connections_refused_total',
          'Connections refused because the listener had max_connections.',
          {
            receiver: settings.id,
          },
        )
        .add(1),
    );
  }

  /** Resolves with the address as the collector logs it. */
  async listen(): Promise<string> {
    this.#address = await bindServer(this.#listener, this.#config);
    return this.#address;
  }

  /** The bound listener as those who look see it; empty before `listen` and after `close`. */
  listeners(): readonly ListenerView[] {
    const { tls, auth } = this.#config;
    if (this.#address === undefined || this.#closing) return [];
    const has = { hasTls: tls !== undefined, hasAuth: auth !== undefined };
    return [{ purpose: 'otlp_grpc', address: this.#address, path: '', ...has }];
  }

  /** Lets running calls end, then cuts what is left when `deadline` aborts. */
  close(deadline: AbortSignal): Promise<void> {
    this.#closing ??= this.#close(deadline);
    return this.#closing;
  }

  async #close(deadline: AbortSignal): Promise<void> {
    const unbound = new Promise<void>((resolve) => this.#listener.close(() => resolve()));
    // Asks every session to end after its calls. When the library says it is done they may still be running, so it is the
    // connections that are waited for.
    this.#rpc.tryShutdown(() => {});
    await withDeadline(unbound, deadline);
    this.#rpc.forceShutdown();
    for (const socket of this.#sockets) socket.destroy();
  }

  #createListener(
    { logger, rejected }: { readonly logger: Logger; readonly rejected: RejectionLog },
    accept: (socket: Socket) => void,
  ): TcpServer {
    if (!this.#config.tls) return createServer({ noDelay: true }, accept);
    const context = new TlsContext(this.#config.tls, () => performance.now());
    const server = createTlsServer({ ...context.options(), ALPNProtocols: ['h2'], handshakeTimeout: 10_000 }, accept);
    keepCertificates(server, context, { logger, rejected, transport: 'grpc' });
    return server;
  }
}

/** The library's options; what is 0 keeps gRPC's default. */
function rpcOptions({ maxRecvMsgSizeMib, maxConcurrentStreams, keepalive }: GrpcServerConfig) {
  const {
    maxConnectionIdle = 0,
    maxConnectionAge = 0,
    maxConnectionAgeGrace = 0,
    time = 0,
    timeout = 0,
  } = keepalive?.serverParameters ?? {};
  return {
    'grpc.enable_channelz': 0,
    'grpc.max_receive_message_length': maxRecvMsgSizeMib > 0 ? maxRecvMsgSizeMib * 1024 * 1024 : defaultMaxMessageSize,
    'grpc.keepalive_time_ms': time > 0 ? time : 2 * 3600_000,
    'grpc.keepalive_timeout_ms': timeout > 0 ? timeout : 20_000,
    ...(maxConcurrentStreams > 0 && { 'grpc.max_concurrent_streams': maxConcurrentStreams }),
    ...(maxConnectionIdle > 0 && { 'grpc.max_connection_idle_ms': maxConnectionIdle }),
    ...(maxConnectionAge > 0 && { 'grpc.max_connection_age_ms': maxConnectionAge }),
    ...(maxConnectionAgeGrace > 0 && { 'grpc.max_connection_age_grace_ms': maxConnectionAgeGrace }),
  };
}
