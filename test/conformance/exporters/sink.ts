import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import { Metadata, Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import { decodeSnappyBlock } from '#compression/snappy-block.ts';
import { metricsJsonToProtobuf } from '#pdata/json/json-to-protobuf.ts';
import { cases } from './cases.ts';

/** What arrived for a case. Requests are in protobuf, hexadecimal, without their encodings. */
export interface Arrived {
  attempts: number;
  readonly requests: string[];
  readonly headers: Readonly<Record<string, string>>;
}

const decoders: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: gunzipSync,
  zstd: zstdDecompressSync,
  deflate: inflateSync,
  snappy: (bytes) => decodeSnappyBlock(bytes, 1 << 20),
};
const shownHeaders = ['content-type', 'content-encoding', 'x-scope-orgid'];

/** Starts receivers for OTLP over HTTP and gRPC that answer as each case says. */
export async function startSink() {
  const arrived = new Map<string, Arrived>();
  const note = (name: string, body: Buffer, headers: Record<string, string>): boolean => {
    const one = arrived.get(name) ?? { attempts: 0, requests: [], headers };
    one.attempts += 1;
    one.requests.push(body.toString('hex'));
    arrived.set(name, one);
    return one.attempts === 1;
  };
  const http = createServer(async (request, response) => {
    const raw = Buffer.concat(await request.toArray());
    const name = request.url!.slice(1);
    const decoded = decoders[request.headers['content-encoding'] ?? '']?.(raw) ?? raw;
    const body = request.headers['content-type'] === 'application/json' ? metricsJsonToProtobuf(decoded) : decoded;
    const headers = shownHeaders.flatMap((key) => (request.headers[key] ? [[key, String(request.headers[key])]] : []));
    const isFirst = note(name, body, Object.fromEntries(headers));
    const { status = 200, headers: answer = {}, body: content = '', isCut } = cases[name]!.first;
    if (isFirst && isCut) request.socket.destroy();
    else if (isFirst) response.writeHead(status, answer).end(Buffer.from(content, 'hex'));
    else response.end();
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const grpc = new Server();
  const bytes = (value: Buffer) => value;
  const service = {
    Export: {
      ...{ path: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export' },
      ...{ requestStream: false as const, responseStream: false as const },
      ...{ requestSerialize: bytes, requestDeserialize: bytes, responseSerialize: bytes, responseDeserialize: bytes },
    },
  };
  grpc.addService(service, {
    Export: ({ request, metadata }: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) => {
      const name = String(metadata.get('case')[0]);
      const { code = 0 } = cases[name]!.first;
      if (note(name, request, {}) && code !== 0) done({ code, details: 'details', metadata: new Metadata() });
      else done(null, Buffer.alloc(0));
    },
  });
  const grpcPort = await new Promise<number>((resolve, reject) =>
    grpc.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    ),
  );
  return {
    arrived,
    ports: { http: (http.address() as AddressInfo).port, grpc: grpcPort },
    stop() {
      http.closeAllConnections();
      http.close();
      grpc.forceShutdown();
    },
  };
}
