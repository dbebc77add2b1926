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
const deadlineMs = 120_000;

const services: Readonly<Record<Kind['signal'], string>> = {
  metrics: 'metrics.v1.MetricsService',
  traces: 'trace.v1.TraceService',
  logs: 'logs.v1.LogsService',
};

const overHttp = Object.entries(encoders).map(
  ([encoding, encode]): Transport => ({
    name: `HTTP/1.1, ${encoding}`,
    async send({ http }, { format, signal }, body) {
      const encoded = await encode(body);
      const type = format === 'json' ? 'application/json' : 'application/x-protobuf';
      const headers = {
        'content-type': type,
        'content-length': String(encoded.length),
        ...(encoding !== 'identity' && { 'content-encoding': encoding }),
      };
      const answer = ask(http, { method: 'POST', path: `/v1/${signal}`, headers, body: encoded });
      return String((await withDeadline(answer)).status);
    },
  }),
);

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
  return kind.format === 'json' ? overHttp : [...overHttp, ...overGrpc];
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
