import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  createServer as createHttp2Server,
  type Http2Server,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import { networkReason, requestHttp } from '#client/http-request.ts';
import { GrpcProxy } from './grpc-proxy.ts';
import { RecordingWriter, type WriterOptions } from './recording-writer.ts';

/** Settings and dependencies of {@link Recorder}. */
export interface RecorderOptions extends WriterOptions {
  /** Receiver to which HTTP requests are forwarded. If undefined, the recorder itself responds to them. */
  readonly to: string | undefined;
  /** Receiver to which gRPC calls are forwarded. If undefined, the recorder itself responds to them. */
  readonly toGrpc: string | undefined;
  /** Limit for a request body in bytes. */
  readonly maxBodyBytes: number;
}

/** Time to wait for the receiver, ms. */
const answerMs = 60_000;
/** First bytes of a connection with HTTP/2. */
const http2Preface = 'PRI ';

/**
 * A proxy for OTLP over HTTP and gRPC on one port. It records each request before it forwards it, and returns the receiver's response.
 */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #writer: RecordingWriter;
  readonly #grpc: GrpcProxy;
  readonly #server: TcpServer;
  readonly #http: Server;
  readonly #http2: Http2Server;
  readonly #sessions = new Set<ServerHttp2Session>();
  /** Connections over HTTP/1.1, with the number of their requests in flight. */
  readonly #connections = new Map<Socket, number>();
  #isClosing = false;

  /** @throws Error if the folder cannot be created or already contains a recording */
  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#writer = new RecordingWriter(options);
    const { toGrpc, maxBodyBytes, onProblem } = options;
    this.#grpc = new GrpcProxy({
      ...{ to: toGrpc, maxBodyBytes, onProblem },
      onRequest: (request) => this.#record({ ...request, isGrpc: true, arrivedMs: performance.now() }),
    });
    this.#http = createServer((request, response) => void this.#serve(request, response));
    this.#http2 = createHttp2Server();
    this.#http2.on('session', (session) => {
      this.#sessions.add(session);
      session.on('close', () => this.#sessions.delete(session));
    });
    this.#http2.on('sessionError', () => undefined);
    this.#http2.on('stream', (stream: ServerHttp2Stream, headers) => void this.#grpc.handle(stream, headers));
    this.#server = createTcpServer((socket) => this.#dispatch(socket));
  }

  get requestCount(): number {
    return this.#writer.requestCount;
  }

  get byteCount(): number {
    return this.#writer.byteCount;
  }

  /** Listens. @throws the system's error */
  async listen(port: number, host: string): Promise<string> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    const address = this.#server.address();
    const shown = host.includes(':') ? `[${host}]` : host;
    return typeof address === 'object' && address ? `http://${shown}:${address.port}` : '';
  }

  /** Stops listening and waits for requests in flight. */
  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#isClosing = true;
    for (const [socket, inFlight] of this.#connections) if (inFlight === 0) socket.destroy();
    for (const session of this.#sessions) session.close();
    await closed;
    this.#grpc.close();
  }

  /** Gives a connection to the server for its protocol, which its first bytes show. */
  #dispatch(socket: Socket): void {
    socket.on('error', () => undefined);
    socket.once('data', (first: Buffer) => {
      socket.pause();
      socket.unshift(first);
      const isHttp2 = first.toString('latin1', 0, http2Preface.length) === http2Preface;
      (isHttp2 ? this.#http2 : this.#http).emit('connection', socket);
      if (isHttp2) return;
      this.#connections.set(socket, 0);
      socket.once('close', () => this.#connections.delete(socket));
      socket.resume();
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { socket } = request;
    const add = (change: number) => {
      const inFlight = (this.#connections.get(socket) ?? 0) + change;
      if (!socket.destroyed) this.#connections.set(socket, inFlight);
      return inFlight;
    };
    add(1);
    response.once('close', () => {
      if (add(-1) === 0 && this.#isClosing) socket.end();
    });
    await this.#handle(request, response);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const arrivedMs = performance.now();
    const path = request.url ?? '/';
    try {
      const body = await this.#read(request);
      if (body === undefined) {
        response.writeHead(413).end(`a body may have ${this.#options.maxBodyBytes} bytes\n`);
        request.resume();
        return;
      }
      const headers = Object.fromEntries(
        Object.entries(request.headers).filter((each): each is [string, string] => typeof each[1] === 'string'),
      );
      if (request.method === 'POST') this.#record({ path, headers, body, isGrpc: false, arrivedMs });
      await this.#answer(request, response, body);
    } catch (error) {
      this.#options.onProblem(`${request.method} ${path}: ${networkReason(error)}`);
      if (!response.headersSent) response.writeHead(502);
      response.end();
    }
  }

  /** A request that cannot be recorded is forwarded nevertheless. */
  #record(request: Parameters<RecordingWriter['write']>[0]): void {
    try {
      this.#writer.write(request);
    } catch (error) {
      this.#options.onProblem(`${request.path} is not recorded: ${(error as Error).message}`);
    }
  }

  async #read(request: IncomingMessage): Promise<Buffer | undefined> {
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > this.#options.maxBodyBytes) return undefined;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  async #answer(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
    const { to } = this.#options;
    if (to === undefined) {
      const isJson = request.headers['content-type']?.includes('json') ?? false;
      response.writeHead(200, { 'Content-Type': isJson ? 'application/json' : 'application/x-protobuf' });
      response.end(isJson ? '{}' : '');
      return;
    }
    const { host: _, connection: __, 'content-length': ___, 'transfer-encoding': ____, ...headers } = request.headers;
    const url = new URL((request.url ?? '/').replace(/^\/+/, ''), to.endsWith('/') ? to : `${to}/`);
    const answer = await requestHttp(url, {
      method: request.method ?? 'GET',
      headers: headers as Record<string, string>,
      ...(body.length > 0 && { body }),
      timeoutMs: answerMs,
    });
    const kept = ['content-type', 'retry-after', 'www-authenticate'].flatMap((name) => {
      const value = answer.headers[name];
      return typeof value === 'string' ? [[name, value] as const] : [];
    });
    response.writeHead(answer.status, Object.fromEntries(kept));
    response.end(answer.body);
  }
}
