import {
  type ClientHttp2Session,
  connect,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { grpcFrame, grpcPrefixLength } from '#bytes/grpc-frame.ts';
import { networkReason } from '#client/http-request.ts';
import { httpPathOf } from './signals.ts';

/** A message that arrived over gRPC, as a request over HTTP has it. */
interface GrpcRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

interface GrpcProxyOptions {
  /** Receiver to which calls are forwarded. If undefined, the proxy itself accepts them. */
  readonly to: string | undefined;
  /** Limit for a message in bytes. */
  readonly maxBodyBytes: number;
  onRequest(request: GrpcRequest): void;
  onProblem(message: string): void;
}

/** Status codes of gRPC. */
const status = { ok: 0, resourceExhausted: 8, unavailable: 14 } as const;
/** Headers that belong to the connection. */
const ofConnection = new Set([':authority', ':scheme', ':method', ':path', 'host']);

/** Reads the calls of OTLP clients, forwards their bytes, and returns the receiver's. */
export class GrpcProxy {
  readonly #options: GrpcProxyOptions;
  #session: ClientHttp2Session | undefined;

  constructor(options: GrpcProxyOptions) {
    this.#options = options;
  }

  async handle(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    const method = String(headers[':path'] ?? '');
    stream.on('error', () => undefined);
    try {
      const frames = await this.#read(stream);
      if (frames === undefined) {
        refuse(stream, status.resourceExhausted, `a message may have ${this.#options.maxBodyBytes} bytes`);
        return;
      }
      this.#report(method, headers, frames);
      if (this.#options.to === undefined) accept(stream);
      else await this.#forward(stream, { headers, frames, to: this.#options.to });
    } catch (error) {
      const reason = networkReason(error);
      this.#options.onProblem(`${method}: ${reason}`);
      if (!stream.destroyed) refuse(stream, status.unavailable, reason);
    }
  }

  close(): void {
    this.#session?.destroy();
  }

  #read(stream: ServerHttp2Stream): Promise<Buffer | undefined> {
    const pieces: Buffer[] = [];
    let length = 0;
    return new Promise((resolve, reject) => {
      stream.on('data', (piece: Buffer) => {
        length += piece.length;
        if (length > this.#options.maxBodyBytes) resolve(undefined);
        else pieces.push(piece);
      });
      stream.on('end', () => resolve(Buffer.concat(pieces)));
      stream.on('error', reject);
    });
  }

  #report(method: string, headers: IncomingHttpHeaders, frames: Buffer): void {
    const path = httpPathOf(method);
    if (path === undefined || frames.length < grpcPrefixLength) return;
    const encoding = frames[0] === 1 ? headers['grpc-encoding'] : undefined;
    this.#options.onRequest({
      path,
      headers: {
        'content-type': 'application/x-protobuf',
        ...(typeof encoding === 'string' && encoding !== 'identity' && { 'content-encoding': encoding }),
        ...(typeof headers['user-agent'] === 'string' && { 'user-agent': headers['user-agent'] }),
      },
      body: frames.subarray(grpcPrefixLength, grpcPrefixLength + frames.readUInt32BE(1)),
    });
  }

  #forward(
    stream: ServerHttp2Stream,
    { headers, frames, to }: { readonly headers: IncomingHttpHeaders; readonly frames: Buffer; readonly to: string },
  ): Promise<void> {
    const session = this.#connected(to);
    return new Promise((resolve, reject) => {
      session.once('error', reject);
      const kept = Object.entries(headers).filter(([name]) => !ofConnection.has(name));
      const call = session.request({
        ...Object.fromEntries(kept),
        ':method': 'POST',
        ':path': String(headers[':path']),
      });
      let trailers: OutgoingHttpHeaders = {};
      call.on('response', (start, flags) => {
        const isAll = (flags & 1) === 1;
        stream.respond(plain(start), { endStream: isAll, waitForTrailers: !isAll });
      });
      stream.on('wantTrailers', () => stream.sendTrailers(trailers));
      call.on('trailers', (last) => {
        trailers = plain(last);
      });
      call.on('data', (piece: Buffer) => stream.write(piece));
      call.on('error', reject);
      call.on('close', () => {
        session.off('error', reject);
        if (!stream.destroyed) stream.end();
        resolve();
      });
      call.end(frames);
    });
  }

  #connected(to: string): ClientHttp2Session {
    if (this.#session === undefined || this.#session.closed || this.#session.destroyed) {
      this.#session = connect(to);
      this.#session.setMaxListeners(0);
      // Each call reports it.
      this.#session.on('error', () => undefined);
    }
    return this.#session;
  }
}

function plain(headers: object): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers));
}

function accept(stream: ServerHttp2Stream): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': String(status.ok) }));
  stream.end(grpcFrame(Buffer.alloc(0)));
}

function refuse(stream: ServerHttp2Stream, code: number, message: string): void {
  if (stream.headersSent) {
    stream.destroy();
    return;
  }
  stream.respond(
    {
      ':status': 200,
      'content-type': 'application/grpc',
      'grpc-status': String(code),
      'grpc-message': encodeURIComponent(message),
    },
    { endStream: true },
  );
}
