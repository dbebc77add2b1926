import http from 'node:http';
import type http2 from 'node:http2';
import type { Server, Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import fastify, { type FastifyInstance } from 'fastify';
import type { Host, Logger, OwnMetrics } from '#component/component.ts';
import { withDeadline } from '#component/deadline.ts';
import { timerDelay } from '#component/timer-delay.ts';
import type { ListenerPurpose, ListenerView } from '#component/views/component-views.ts';
import type { RejectReason } from '#component/views/rejection.ts';
import { eventLoop } from '#flow/event-loop.ts';
import { bindServer, keepCertificates } from './bind-server.ts';
import { Connections } from './connections.ts';
import { answerMalformed, malformedAnswer } from './malformed-request.ts';
import { answerNotFound, type Refuse, refuseInPlainText } from './plain-text.ts';
import type { RejectionLog } from './rejected-requests.ts';
import { RequestChain, type RequestHandler } from './request-chain.ts';
import { type HttpServerConfig, keepaliveOf } from './server-config.ts';
import { limitPreface } from './session-preface.ts';
import { TlsContext } from './tls-context.ts';
import { handshakeTimeout, spreadHandshakes } from './tls-handshakes.ts';

/** Maximum size of a request's header block in bytes, same as in Go. */
const maxHeaderSize = 1024 * 1024;

/** Maximum number of concurrent requests on an HTTP/2 connection, same as in Go. */
const maxStreams = 250;

/** Maximum number of requests that a client sends on one HTTP/1.1 connection before it has received their responses. */
const maxPipelined = 100;

/** Time for which the rest of a refused body is read, ms. */
const lingerTime = 5_000;

/** Parameters of {@link openHttpServer}. */
export interface HttpServerOptions {
  readonly config: HttpServerConfig;
  readonly logger: Logger;
  readonly host: Host;
  /** ID of the component that listens, for its metrics. */
  readonly name: string;
  readonly metrics?: OwnMetrics;
  /** Maximum time to receive headers, ms, if `read_header_timeout` and `read_timeout` have none. 0 for no limit. */
  readonly headerTimeout?: number;
  /** Writes the response to a request that is refused before the handler. Plain text by default. */
  readonly refuse?: Refuse;
  /** Host names of a status server, see `foreignRequest`. If undefined, every name is answered. */
  readonly allowedHosts?: ReadonlySet<string>;
  /** Records requests and connections that no handler receives. Not recorded by default. */
  readonly rejected?: RejectionLog | undefined;
  /** Returns the reason to record for a request to an unknown path. Undefined if it is not recorded. */
  readonly reasonOfUnknownPath?: (request: http.IncomingMessage) => RejectReason | undefined;
}

/** A listener with its routes. Add routes to `app` before `listen`. Handlers read request bodies themselves. */
export interface HttpServer {
  readonly app: FastifyInstance;
  /** Returns the view of the bound listener. Empty before `listen` and after `close`. */
  listeners(purpose: ListenerPurpose, path: string): readonly ListenerView[];
  /** Binds the listener. Resolves with the address in the Collector's notation (`127.0.0.1:4318`, `[::]:4318`). */
  listen(endpoint?: string): Promise<string>;
  /**
   * Stops listening and waits for running requests. Closes the remaining connections when `deadline` aborts. Safe to
   * call twice.
   */
  close(deadline: AbortSignal): Promise<void>;
}

/**
 * Creates the HTTP server that all components use: limits, timeouts, TLS with HTTP/2, CORS, authentication, and the Collector's
 * plain-text responses (docs/reference/collector-behaviour.md#http-server-settings, #request-handling).
 * @throws Error if TLS files or the authenticator are not available
 */
export function openHttpServer(options: HttpServerOptions): HttpServer {
  return new Listener(options);
}

/** Replaces Fastify's schema compilers, which are half of the code that it loads. */
function noSchemas(): never {
  throw new Error('no route has a schema');
}

class Listener implements HttpServer {
  readonly app: FastifyInstance;
  readonly #options: HttpServerOptions;
  readonly #connections: Connections;
  #server!: http.Server | http2.Http2SecureServer;
  /** Connections on which a request has begun. */
  readonly #used = new WeakSet<Duplex>();
  #closing: Promise<void> | undefined;
  #address: string | undefined;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    const evicted = options.metrics?.counter(
      'pitot_http_connections_evicted_total',
      'Total number of idle connections closed because the listener reached max_connections.',
      { listener: options.name },
    );
    this.#connections = new Connections(options.config.maxConnections, () => evicted?.add(1));
    this.app = fastify({
      logger: false,
      exposeHeadRoutes: false,
      // No route has a schema, so the schema compilers need not be loaded.
      schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
      routerOptions: { maxParamLength: 65_536 },
      // The chain refuses malformed paths. Any other request that Fastify itself refuses is a bad request too.
      frameworkErrors: (_error, request, reply) => {
        reply.hijack();
        options.rejected?.request('path', request.raw);
        refuseInPlainText(request.raw, reply.raw, { status: 400, message: '400 Bad Request' });
      },
      serverFactory: (route) => this.#create(route as RequestHandler),
    });
    // Handlers read bodies themselves. Without a body parser for any method, Fastify ignores content types.
    for (const method of http.METHODS) {
      if (method !== 'CONNECT') this.app.addHttpMethod(method, { hasBody: false, overrideExisting: true });
    }
    this.app.setNotFoundHandler((request, reply) => {
      reply.hijack();
      const reason = options.reasonOfUnknownPath?.(request.raw);
      if (reason !== undefined) options.rejected?.request(reason, request.raw);
      answerNotFound(request.raw, reply.raw);
    });
    this.app.setErrorHandler((error, request, reply) => {
      options.logger.error('failed to handle a request', {
        method: request.method,
        path: request.url,
        error: String(error),
      });
      reply.code(500).type('text/plain; charset=utf-8').send('internal error\n');
    });
    options.metrics?.gauge(
      'pitot_http_connections',
      'Open connections of a listener.',
      { listener: options.name },
      () => this.#connections.size,
    );
  }

  listeners(purpose: ListenerPurpose, path: string): readonly ListenerView[] {
    if (this.#address === undefined) return [];
    const { tls, auth } = this.#options.config;
    return [{ purpose, address: this.#address, path, hasTls: tls !== undefined, hasAuth: auth !== undefined }];
  }

  async listen(endpoint = this.#options.config.endpoint): Promise<string> {
    await this.app.ready();
    const address = await bindServer(this.#server, { ...this.#options.config, endpoint });
    this.#address = address;
    this.#server.on('error', (error: Error) =>
      this.#options.logger.error('HTTP listener error', { error: String(error) }),
    );
    return address;
  }

  close(deadline: AbortSignal): Promise<void> {
    this.#closing ??= this.#close(deadline);
    return this.#closing;
  }

  async #close(deadline: AbortSignal): Promise<void> {
    this.#address = undefined;
    const server: Server = this.#server;
    if (server.listening) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      this.#connections.drain();
      await withDeadline(closed, deadline);
      this.#connections.destroyAll();
    }
    await this.app.close();
  }

  #create(route: RequestHandler): http.Server {
    const { config } = this.#options;
    const chain = new RequestChain(this.#options, route);
    const connections = this.#connections;
    function ended(this: http.ServerResponse): void {
      connections.requestEnded(connectionOf(this.req));
      if (!this.req.complete) cutWhenStillSending(this.req);
    }
    const handle = (request: http.IncomingMessage, response: http.ServerResponse) => {
      // Node.js parses other versions, too.
      if (request.httpVersionMajor !== 1 && !('stream' in request)) {
        request.socket.end(malformedAnswer('505 HTTP Version Not Supported: unsupported protocol version'));
        return;
      }
      this.#used.add(request.socket);
      const running = connections.requestBegan(connectionOf(request));
      const isPipelined = running > 1 && request.httpVersionMajor === 1;
      if (isPipelined && running > maxPipelined) {
        request.socket.destroy();
        return;
      }
      response.once('close', ended);
      if (request.httpVersionMajor === 1) this.#keepAlive(request, response);
      if (config.writeTimeout > 0) limitTime(response, config.writeTimeout);
      // All requests that arrive together on a connection would otherwise be handled at once. Other connections do not wait for them.
      if (isPipelined && !eventLoop.hasTime()) eventLoop.soon(() => chain.handle(request, response));
      else chain.handle(request, response);
    };
    const server = config.tls
      ? this.#createSecure(new TlsContext(config.tls, () => performance.now()), handle)
      : this.#track(http.createServer(this.#timeouts(), handle), 'connection');
    server.on('clientError', (error: NodeJS.ErrnoException & { rawPacket?: Buffer }, socket: Duplex) => {
      if (error.code === 'HPE_INVALID_METHOD' && this.#used.has(socket)) this.#options.rejected?.shared(socket);
      else if (error.rawPacket) this.#options.rejected?.connection(error.rawPacket, socket);
      answerMalformed(error, socket);
    });
    server.on('checkExpectation', (_request: http.IncomingMessage, response: http.ServerResponse) => {
      response.writeHead(417, ['Connection', 'close', 'Content-Length', '0']).end();
    });
    this.#server = server;
    return server as http.Server;
  }

  #timeouts(): http.ServerOptions {
    const { config } = this.#options;
    const { readTimeout, readHeaderTimeout } = config;
    const requestTimeout = Math.max(readTimeout, 0);
    const headersTimeout = Math.max(readHeaderTimeout || readTimeout || (this.#options.headerTimeout ?? 0), 0);
    const shortest = Math.min(requestTimeout || Number.POSITIVE_INFINITY, headersTimeout || Number.POSITIVE_INFINITY);
    return {
      maxHeaderSize,
      requestTimeout,
      headersTimeout: requestTimeout > 0 ? Math.min(headersTimeout || requestTimeout, requestTimeout) : headersTimeout,
      keepAliveTimeout: timerDelay(keepaliveOf(config) ?? 0),
      keepAliveTimeoutBuffer: 0,
      connectionsCheckingInterval: Math.min(Math.max(shortest / 4, 25), 30_000),
      requireHostHeader: false,
      noDelay: true,
    };
  }

  #createSecure(context: TlsContext, handle: RequestHandler): http2.Http2SecureServer {
    const { logger } = this.#options;
    const timeouts = this.#timeouts();
    const settings = { maxConcurrentStreams: maxStreams };
    const limits = { handshakeTimeout: handshakeTimeout(timeouts.headersTimeout ?? 0), ...timeouts };
    const options = { allowHTTP1: true, settings, ...limits, ...context.options() };
    // Loaded only here, because it takes 10 MB and few listeners use TLS.
    const { createSecureServer } = process.getBuiltinModule('node:http2');
    const server = createSecureServer(options as http2.SecureServerOptions, handle as never);
    spreadHandshakes(server, this.#connections);
    keepCertificates(server, context, { logger, rejected: this.#options.rejected, transport: 'http' });
    server.on('session', (session) => {
      limitPreface(session, timeouts.headersTimeout ?? 0);
      this.#connections.opened(session);
      session.on('error', () => session.destroy());
      if (timeouts.keepAliveTimeout) session.setTimeout(timeouts.keepAliveTimeout, () => session.close());
      session.once('close', () => this.#connections.closed(session));
    });
    return this.#track(server, 'secureConnection');
  }

  #track<S extends Server>(server: S, event: 'connection' | 'secureConnection'): S {
    server.on(event, (socket: Socket & Partial<TLSSocket>) => {
      // An HTTP/2 connection is tracked by its session.
      if (socket.alpnProtocol === 'h2') return;
      this.#connections.opened(socket);
      socket.once('close', () => this.#connections.closed(socket));
    });
    return server;
  }

  /** Same as Go: sends no header for a connection that is kept alive, and `close` for one that is not. */
  #keepAlive(request: http.IncomingMessage, response: http.ServerResponse): void {
    if (this.#closing !== undefined || keepaliveOf(this.#options.config) === undefined)
      response.shouldKeepAlive = false;
    else if (response.shouldKeepAlive && request.httpVersionMinor === 1) response.removeHeader('Connection');
  }
}

/** Session of an HTTP/2 request. The request itself loses it when it ends. */
const sessionOf = new WeakMap<http.IncomingMessage, http2.Http2Session>();

function connectionOf(request: http.IncomingMessage): Socket | http2.Http2Session {
  if (request.httpVersionMajor === 1) return request.socket;
  const known = sessionOf.get(request);
  if (known) return known;
  const { session } = (request as unknown as http2.Http2ServerRequest).stream;
  if (session) sessionOf.set(request, session);
  return session ?? request.socket;
}

/** Closes the connection if the response is not written within `milliseconds`. */
function limitTime(response: http.ServerResponse, milliseconds: number): void {
  const timer = setTimeout(() => response.destroy(), timerDelay(milliseconds));
  response.once('close', () => clearTimeout(timer));
}

/**
 * Reads the rest of a refused body for a limited time, so that the client receives the response, and then closes the
 * connection.
 */
function cutWhenStillSending(request: http.IncomingMessage): void {
  if (request.socket.destroyed) return;
  const timer = setTimeout(() => request.destroy(), lingerTime);
  timer.unref();
  request.once('end', () => clearTimeout(timer)).once('close', () => clearTimeout(timer));
}
