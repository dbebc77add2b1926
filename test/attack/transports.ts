import { connect } from 'node:http2';
import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { compress } from 'snappyjs';
import { xxhash32 } from '#compression/xxhash32.ts';
import { grpcCall, grpcFrame } from '../support/grpc.ts';
import { ask } from '../support/http.ts';
import type { Kind } from './kinds.ts';
import type { Ports } from './target.ts';

/** A way to send a body: its protocol and its encoding. */
export interface Transport {
  readonly name: string;
  /** Resolves with the HTTP status or the gRPC code as text. Rejects if there is no answer. */
  readonly send: (ports: Ports, kind: Kind, body: Buffer) => Promise<string>;
}

const gzip = promisify(zlib.gzip);

const encoders: Readonly<Record<string, (body: Buffer) => Promise<Buffer> | Buffer>> = {
  identity: (body) => body,
  gzip: (body) => gzip(body, { level: 1 }),
  deflate: promisify(zlib.deflate),
  zlib: promisify(zlib.deflate),
  zstd: (body) => promisify(zlib.zstdCompress)(body),
  snappy: (body) => Buffer.from(compress(body)),
  lz4: storedLz4,
};

/** Time after which a request counts as not answered, ms. */
const deadlineMs = 300_000;

const services: Readonly<Record<Kind['signal'], string>> = {
  metrics: 'metrics.v1.MetricsService',
  traces: 'trace.v1.TraceService',
  logs: 'logs.v1.LogsService',
};

const overHttp = Object.entries(encoders).map(
  ([encoding, encode]): Transport => ({
    name: `HTTP/1.1, ${encoding}`,
    async send({ http }, kind, body) {
      const encoded = await encode(body);
      const headers = headersOf(kind, encoding, encoded);
      const answer = ask(http, { method: 'POST', path: `/v1/${kind.signal}`, headers, body: encoded });
      return String((await withDeadline(answer)).status);
    },
  }),
);

const overHttp2 = ['identity', 'gzip', 'snappy'].map(
  (encoding): Transport => ({
    name: `HTTP/2 over TLS, ${encoding}`,
    async send({ tls }, kind, body) {
      const encoded = await encoders[encoding]!(body);
      return String(
        await withDeadline(askOverHttp2(tls, `/v1/${kind.signal}`, headersOf(kind, encoding, encoded), encoded)),
      );
    },
  }),
);

function headersOf({ format }: Kind, encoding: string, encoded: Buffer): Record<string, string> {
  return {
    'content-type': format === 'json' ? 'application/json' : 'application/x-protobuf',
    'content-length': String(encoded.length),
    ...(encoding !== 'identity' && { 'content-encoding': encoding }),
  };
}

/** Sends a request on a new connection. Resolves with the status. */
function askOverHttp2(port: number, path: string, headers: Record<string, string>, body: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    // Node.js counts what it has to send, too, and resets the stream above 10 MB.
    const session = connect(`https://127.0.0.1:${port}`, { rejectUnauthorized: false, maxSessionMemory: 100 });
    let status: number | undefined;
    const end = (error?: Error) => {
      session.destroy();
      if (status === undefined) reject(error ?? new Error('the connection was closed without a response'));
      else resolve(status);
    };
    session.on('error', end);
    const stream = session.request({ ':method': 'POST', ':path': path, ...headers });
    stream.on('response', (start) => {
      status = start[':status'];
    });
    stream.on('error', () => undefined);
    stream.on('close', () => end());
    stream.resume();
    stream.end(body);
  });
}

const overGrpc = (['identity', 'gzip'] as const).map(
  (encoding): Transport => ({
    name: `gRPC, ${encoding}`,
    async send({ grpc }, { signal }, body) {
      const encoded = await (encoders[encoding] as (body: Buffer) => Promise<Buffer>)(body);
      const answer = grpcCall(grpc, {
        body: grpcFrame(encoded, { flag: encoding === 'gzip' ? 1 : 0 }),
        path: `/opentelemetry.proto.collector.${services[signal]}/Export`,
        headers: encoding === 'gzip' ? { 'grpc-encoding': 'gzip' } : {},
      });
      return `gRPC ${(await withDeadline(answer)).code}`;
    },
  }),
);

/** All transports that can carry a kind. gRPC has no JSON. */
export function transportsOf(kind: Kind): readonly Transport[] {
  return kind.format === 'json' ? [...overHttp, ...overHttp2] : [...overHttp, ...overHttp2, ...overGrpc];
}

/** Answers that are correct for a legal request: accepted, refused for its size or content, or refused for now. */
export const correctAnswers: ReadonlySet<string> = new Set([
  ...['200', '400', '413', '429', '503'],
  // OK, INVALID_ARGUMENT, RESOURCE_EXHAUSTED, UNAVAILABLE.
  ...['gRPC 0', 'gRPC 3', 'gRPC 8', 'gRPC 14'],
]);

async function withDeadline<Result>(answer: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), deadlineMs);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** An LZ4 frame of uncompressed blocks. */
function storedLz4(body: Buffer): Buffer {
  const descriptor = Buffer.from('6040', 'hex');
  const checksum = Buffer.from([(xxhash32(descriptor) >>> 8) & 0xff]);
  const parts: Buffer[] = [Buffer.from('04224d18', 'hex'), descriptor, checksum];
  for (let at = 0; at < body.length; at += 65_536) {
    const block = body.subarray(at, at + 65_536);
    const size = Buffer.alloc(4);
    size.writeUInt32LE(block.length + 0x8000_0000);
    parts.push(size, block);
  }
  return Buffer.concat([...parts, Buffer.alloc(4)]);
}
