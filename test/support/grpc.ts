import { connect } from 'node:http2';

/** Result of a call. `code` is -1 if there is no gRPC status. */
export interface GrpcAnswer {
  readonly code: number;
  readonly words: string;
  readonly response: Buffer;
}

export interface GrpcCall {
  /** Bytes of the stream, including frames; see `grpcFrame`. */
  readonly body: Buffer;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const metricsExport = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';

/** Returns a frame: flag, length, and message. */
export function grpcFrame(message: Buffer, { flag = 0, length = message.length } = {}): Buffer {
  const head = Buffer.alloc(5);
  head[0] = flag;
  head.writeUInt32BE(length, 1);
  return Buffer.concat([head, message]);
}

/** Makes one call on a new HTTP/2 connection, so that tests can send any bytes. */
export function grpcCall(port: number, { body, path = metricsExport, headers = {} }: GrpcCall): Promise<GrpcAnswer> {
  return new Promise((resolve) => {
    // Node.js counts what it has to send, too, and resets the stream above 10 MB.
    const session = connect(`http://127.0.0.1:${port}`, { maxSessionMemory: 100 });
    const chunks: Buffer[] = [];
    let status: Record<string, unknown> = {};
    const end = () => {
      session.destroy();
      const words = decodeURIComponent(String(status['grpc-message'] ?? ''));
      resolve({ code: Number(status['grpc-status'] ?? -1), words, response: Buffer.concat(chunks) });
    };
    session.on('error', end);
    const required = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' };
    const stream = session.request({ ...required, ...headers });
    stream.on('response', (start) => {
      status = { ...status, ...start };
    });
    stream.on('trailers', (trailers) => {
      status = { ...status, ...trailers };
    });
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.on('error', () => {});
    stream.on('close', end);
    stream.end(body);
  });
}
