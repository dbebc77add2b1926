import http2, { type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { type AddressInfo, createServer, type Socket, type Server as TcpServer } from 'node:net';
import { performance } from 'node:perf_hooks';
import { createServer as createTlsServer } from 'node:tls';
import type { ComponentSettings, Host, Logger } from '#component/component.ts';
import { withDeadline } from '#component/deadline.ts';
import { rpcCode } from '#component/rpc-codes.ts';
import type { ListenerView } from '#component/views/component-views.ts';
import type { RejectReason } from '#component/views/rejection.ts';
import { resolveAuthenticator } from '#http/authentication.ts';
import { bindServer, keepCertificates } from '#http/bind-server.ts';
import { Connections } from '#http/connections.ts';
import { isHttp2, lookAtFirstBytes } from '#http/first-bytes.ts';
import type { RejectionLog } from '#http/rejected-requests.ts';
import { TlsContext } from '#http/tls-context.ts';
import type { InFlightGate } from '../in-flight-gate.ts';
import type { RequestTap } from '../request-tap.ts';
import type { Handlings } from '../signal-decoders.ts';
import { SignalIntake } from '../signal-intake.ts';
import { defaultMaxMessageSize, type GrpcServerConfig } from './config.ts';
import { ExportService } from './export-service.ts';
import { GrpcCall } from './grpc-call.ts';
import { SessionLifetime } from './session-lifetime.ts';

interface GrpcOptions {
  readonly config: GrpcServerConfig;
  readonly settings: ComponentSettings;
  readonly handlings: Handlings;
  readonly rejected: RejectionLog;
  readonly host: Host;
  readonly gate: InFlightGate;
  readonly tap: RequestTap;
  /** Maximum time to the first bytes of a connection, ms. 0 for no limit. */
  readonly headerTimeoutMs?: number;
}

const services = {
  metrics: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
  traces: 'opentelemetry.proto.collector.trace.v1.TraceService',
  logs: 'opentelemetry.proto.collector.logs.v1.LogsService',
} as const;

/** Default of `max_concurrent_streams`: maximum number of concurrent calls on one connection. Further calls wait. */
const defaultMaxStreams = 1_000;

/**
 * OTLP over gRPC: unary calls over HTTP/2 (docs/adr/0015-grpc.md). Shares its listener with HTTP: addresses, TLS with
 * reload, and the limit on connections.
 */
export class GrpcListener {
  readonly #config: GrpcServerConfig;
  readonly #services = new Map<string, ExportService>();
  readonly #listener: TcpServer;
  readonly #connections: Connections;
  readonly #rejected: RejectionLog;
  #closing: Promise<void> | undefined;
  #address: string | undefined;

  /** @throws Error if TLS files or the authenticator cannot be found */
  constructor({ config, settings, handlings, rejected, host, gate, tap, headerTimeoutMs = 0 }: GrpcOptions) {
    this.#config = config;
    this.#rejected = rejected;
    const authenticator = config.auth ? resolveAuthenticator(config.auth.authenticator, host) : undefined;
    const maxMessageSize =
      config.maxRecvMsgSizeMib > 0 ? config.maxRecvMsgSizeMib * 1024 * 1024 : defaultMaxMessageSize;
    for (const signal of ['metrics', 'traces', 'logs'] as const) {
      const handling = handlings[signal];
      if (handling === undefined) continue;
      const service = new ExportService({
        intake: new SignalIntake<unknown>(handling, settings, 'grpc'),
        gate,
        tap,
        path: `/v1/${signal}`,
        authenticator,
        onRejected: (reason, call, detail) => this.#record(reason, call, detail),
        includeMetadata: config.includeMetadata,
        maxMessageSize,
      });
      this.#services.set(`/${services[signal]}/Export`, service);
    }
    const labels = { receiver: settings.id };
    this.#connections = new Connections(config.maxConnections, () =>
      settings.metrics
        .counter(
          'pitot_grpc_connections_evicted_total',
          'Total number of gRPC connections closed because the listener had max_connections.',
          labels,
        )
        .add(1),
    );
    settings.metrics.gauge(
      'pitot_grpc_connections',
      'Number of open gRPC connections.',
      labels,
      () => this.#connections.size,
    );
    this.#listener = this.#createListener(settings.logger, (socket) => {
      this.#connections.opened(socket);
      socket.once('close', () => this.#connections.closed(socket));
      socket.on('error', () => socket.destroy());
      if (headerTimeoutMs > 0) socket.setTimeout(headerTimeoutMs, () => socket.destroy());
      lookAtFirstBytes(socket, (bytes) => {
        socket.setTimeout(0);
        if (!isHttp2(bytes)) rejected.connection(bytes, socket, 'grpc');
        this.#accept(socket);
      });
    });
  }

  /** Resolves with the address in the Collector's notation. */
  async listen(): Promise<string> {
    this.#address = await bindServer(this.#listener, this.#config);
    return this.#address;
  }

  /** Returns the view of the bound listener. Empty before `listen` and after `close`. */
  listeners(): readonly ListenerView[] {
    const { tls, auth } = this.#config;
    if (this.#address === undefined || this.#closing) return [];
    const has = { hasTls: tls !== undefined, hasAuth: auth !== undefined };
    return [{ purpose: 'otlp_grpc', address: this.#address, path: '', ...has }];
  }

  /** Waits for running calls. Closes the remaining connections when `deadline` aborts. */
  close(deadline: AbortSignal): Promise<void> {
    this.#closing ??= this.#close(deadline);
    return this.#closing;
  }

  async #close(deadline: AbortSignal): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#listener.close(() => resolve()));
    this.#connections.drain();
    await withDeadline(closed, deadline);
    this.#connections.destroyAll();
  }

  #createListener(logger: Logger, accept: (socket: Socket) => void): TcpServer {
    if (!this.#config.tls) return createServer({ noDelay: true }, accept);
    const context = new TlsContext(this.#config.tls, () => performance.now());
    const server = createTlsServer({ ...context.options(), ALPNProtocols: ['h2'], handshakeTimeout: 10_000 }, accept);
    keepCertificates(server, context, { logger, rejected: this.#rejected, transport: 'grpc' });
    return server;
  }

  /** Begins HTTP/2 on a connection. */
  #accept(socket: Socket): void {
    const maxConcurrentStreams = this.#config.maxConcurrentStreams || defaultMaxStreams;
    const session: ServerHttp2Session = http2.performServerHandshake(socket, { settings: { maxConcurrentStreams } });
    const lifetime = new SessionLifetime(session, this.#sessionTimes());
    session.on('error', () => session.destroy());
    session.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      // An error of a stream closes it, and that event is handled.
      stream.on('error', () => undefined);
      this.#connections.requestBegan(socket);
      lifetime.callBegan();
      stream.once('close', () => {
        this.#connections.requestEnded(socket);
        lifetime.callEnded();
      });
      this.#handle(new GrpcCall(stream, headers));
    });
  }

  #sessionTimes() {
    const { maxConnectionIdle, maxConnectionAge, maxConnectionAgeGrace, time, timeout } =
      this.#config.keepalive?.serverParameters ?? noParameters;
    const bounds = { maxConnectionIdle, maxConnectionAge, maxConnectionAgeGrace };
    return { ...bounds, time: time || 2 * 3600_000, timeout: timeout || 20_000 };
  }

  #handle(call: GrpcCall): void {
    const contentType = call.headers['content-type'];
    if (contentType === undefined || !/^application\/grpc($|[+;])/.test(contentType)) {
      this.#record('media_type', call, contentType ?? '');
      call.refuseMediaType();
      return;
    }
    const service = this.#services.get(call.path);
    if (service) {
      service.handle(call);
      return;
    }
    const message = this.#unknown(call.path);
    this.#record('path', call, message);
    call.fail({ code: rpcCode.unimplemented, message });
  }

  /** Returns the Collector's message for an unknown path. */
  #unknown(path: string): string {
    const slash = path.lastIndexOf('/');
    if (!path.startsWith('/') || slash <= 0) return `malformed method name: ${JSON.stringify(path)}`;
    const service = path.slice(1, slash);
    const isKnown = [...this.#services.keys()].some((known) => known.startsWith(`/${service}/`));
    return isKnown ? `unknown method ${path.slice(slash + 1)} for service ${service}` : `unknown service ${service}`;
  }

  #record(reason: RejectReason, { address, path, userAgent }: GrpcCall, detail: string): void {
    const port = (this.#listener.address() as AddressInfo | null)?.port;
    this.#rejected.record({ reason, transport: 'grpc', address, port, path, userAgent, detail });
  }
}

const noParameters = { maxConnectionIdle: 0, maxConnectionAge: 0, maxConnectionAgeGrace: 0, time: 0, timeout: 0 };
