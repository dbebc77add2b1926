import http2, { type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import { createServer, type Socket, type Server as TcpServer } from 'node:net';
import { performance } from 'node:perf_hooks';
import { createServer as createTlsServer } from 'node:tls';
import type { ComponentSettings, Host, Logger } from '#component/component.ts';
import { type ClientContext, noClientContext } from '#component/consumer.ts';
import { withDeadline } from '#component/deadline.ts';
import { RetryableError } from '#component/errors.ts';
import type { ServerAuthenticator } from '#component/extension.ts';
import { rpcCode } from '#component/rpc-codes.ts';
import type { ListenerPurpose, ListenerView } from '#component/views/component-views.ts';
import type { RejectReason } from '#component/views/rejection.ts';
import { resolveAuthenticator } from '#http/authentication.ts';
import { bindServer, keepCertificates } from '#http/bind-server.ts';
import { Connections } from '#http/connections.ts';
import { isHttp2, lookAtFirstBytes } from '#http/first-bytes.ts';
import type { RejectionLog } from '#http/rejected-requests.ts';
import { limitPreface } from '#http/session-preface.ts';
import { TlsContext } from '#http/tls-context.ts';
import { handshakeTimeout, spreadHandshakes } from '#http/tls-handshakes.ts';
import type { GrpcServerConfig } from './config.ts';
import { GrpcCall } from './grpc-call.ts';
import { recordCall } from './record-call.ts';
import type { RpcError } from './rpc-error.ts';
import { statusOfError } from './rpc-status.ts';
import { SessionLifetime } from './session-lifetime.ts';

/** Handles a call of an authenticated client. `auth`: attributes of the client. */
export type GrpcMethod = (call: GrpcCall, auth: ClientContext['auth']) => void;

interface GrpcOptions {
  readonly config: GrpcServerConfig;
  readonly settings: ComponentSettings;
  /** Methods by path, such as `/grpc.health.v1.Health/Check`. */
  readonly methods: ReadonlyMap<string, GrpcMethod>;
  readonly rejected: RejectionLog;
  readonly host: Host;
  /** Maximum time for a TLS handshake, for the first bytes, and for the preface of HTTP/2, ms each. 0 for no limit. */
  readonly headerTimeoutMs?: number;
}

/** Default of `max_concurrent_streams`: maximum number of concurrent calls on one connection. Further calls wait. */
const defaultMaxStreams = 1_000;

/**
 * A gRPC server over HTTP/2 (docs/adr/0015-grpc.md). Shares its listener with HTTP: addresses, TLS with reload, and the limit on
 * connections. Authenticates clients before a method receives their calls.
 */
export class GrpcListener {
  readonly #config: GrpcServerConfig;
  readonly #methods: ReadonlyMap<string, GrpcMethod>;
  readonly #authenticator: ServerAuthenticator | undefined;
  readonly #listener: TcpServer;
  readonly #connections: Connections;
  readonly #rejected: RejectionLog;
  readonly #headerTimeoutMs: number;
  #closing: Promise<void> | undefined;
  #address: string | undefined;

  /** @throws Error if TLS files or the authenticator cannot be found */
  constructor({ config, settings, methods, rejected, host, headerTimeoutMs = 0 }: GrpcOptions) {
    this.#config = config;
    this.#methods = methods;
    this.#rejected = rejected;
    this.#authenticator = config.auth ? resolveAuthenticator(config.auth.authenticator, host) : undefined;
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
    this.#headerTimeoutMs = headerTimeoutMs;
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
  listeners(purpose: ListenerPurpose): readonly ListenerView[] {
    const { tls, auth } = this.#config;
    if (this.#address === undefined || this.#closing) return [];
    const has = { hasTls: tls !== undefined, hasAuth: auth !== undefined };
    return [{ purpose, address: this.#address, path: '', ...has }];
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
    const limits = { handshakeTimeout: handshakeTimeout(this.#headerTimeoutMs) };
    const server = createTlsServer({ ...context.options(), ALPNProtocols: ['h2'], ...limits }, accept);
    spreadHandshakes(server, this.#connections);
    keepCertificates(server, context, { logger, rejected: this.#rejected, transport: 'grpc' });
    return server;
  }

  /** Begins HTTP/2 on a connection. */
  #accept(socket: Socket): void {
    const maxConcurrentStreams = this.#config.maxConcurrentStreams || defaultMaxStreams;
    const session: ServerHttp2Session = http2.performServerHandshake(socket, { settings: { maxConcurrentStreams } });
    const port = socket.localPort ?? 0;
    const lifetime = new SessionLifetime(session, this.#sessionTimes());
    session.on('error', () => session.destroy());
    limitPreface(session, this.#headerTimeoutMs);
    session.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
      // An error of a stream closes it, and that event is handled.
      stream.on('error', () => undefined);
      this.#connections.requestBegan(socket);
      lifetime.callBegan();
      stream.once('close', () => {
        this.#connections.requestEnded(socket);
        lifetime.callEnded();
      });
      this.#handle(new GrpcCall(stream, headers, port));
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
    const method = this.#methods.get(call.path);
    if (method) {
      this.#begin(call, method);
      return;
    }
    const message = this.#unknown(call.path);
    this.#record('path', call, message);
    call.fail({ code: rpcCode.unimplemented, message });
  }

  #begin(call: GrpcCall, method: GrpcMethod): void {
    try {
      call.onDeadline(() => call.fail({ code: rpcCode.deadlineExceeded, message: 'context deadline exceeded' }));
    } catch (error) {
      this.#record('body', call, (error as Error).message);
      call.fail({ code: (error as RpcError).code, message: (error as Error).message });
      return;
    }
    if (this.#authenticator === undefined) method(call, noClientContext.auth);
    else void this.#authenticate(call, this.#authenticator).then((auth) => auth && method(call, auth));
  }

  async #authenticate(call: GrpcCall, authenticator: ServerAuthenticator): Promise<ClientContext['auth'] | undefined> {
    try {
      return await authenticator.authenticate(call.metadata(), { address: call.address });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#record('auth', call, message);
      call.fail(error instanceof RetryableError ? statusOfError(error) : { code: rpcCode.unauthenticated, message });
      return undefined;
    }
  }

  /** Returns the Collector's message for an unknown path. */
  #unknown(path: string): string {
    const slash = path.lastIndexOf('/');
    if (!path.startsWith('/') || slash <= 0) return `malformed method name: ${JSON.stringify(path)}`;
    const service = path.slice(1, slash);
    const isKnown = [...this.#methods.keys()].some((known) => known.startsWith(`/${service}/`));
    return isKnown ? `unknown method ${path.slice(slash + 1)} for service ${service}` : `unknown service ${service}`;
  }

  #record(reason: RejectReason, call: GrpcCall, detail: string): void {
    recordCall(this.#rejected, { reason, call, detail });
  }
}

const noParameters = { maxConnectionIdle: 0, maxConnectionAge: 0, maxConnectionAgeGrace: 0, time: 0, timeout: 0 };
