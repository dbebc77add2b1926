import type { ClientHttp2Session } from 'node:http2';
import { grpcFrame } from '#bytes/grpc-frame.ts';

/** Response to a call: a gRPC status, or an HTTP status if the server does not support gRPC. */
export interface GrpcAnswer {
  readonly code: number | undefined;
  readonly httpStatus: number;
  readonly message: string;
}

/** A unary call. */
export interface GrpcQuestion {
  readonly path: string;
  /** Metadata, such as `user-agent` and `grpc-encoding`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly message: Uint8Array;
  /** Whether the message is compressed as `grpc-encoding` says. */
  readonly isCompressed?: boolean;
}

/**
 * Makes a unary call, and waits for its status.
 * @throws the error of the connection
 */
export function callGrpc(session: ClientHttp2Session, question: GrpcQuestion): Promise<GrpcAnswer> {
  const { path, headers, message, isCompressed } = question;
  return new Promise((resolve, reject) => {
    session.once('error', reject);
    const stream = session.request({
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
      ...{ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' },
    });
    let fields: Record<string, unknown> = {};
    stream.on('response', (start) => {
      fields = { ...fields, ...start };
    });
    stream.on('trailers', (trailers) => {
      fields = { ...fields, ...trailers };
    });
    stream.on('error', reject);
    stream.on('close', () => {
      session.off('error', reject);
      const status = fields['grpc-status'];
      resolve({
        code: status === undefined ? undefined : Number(status),
        httpStatus: Number(fields[':status'] ?? 0),
        message: decodeURIComponent(String(fields['grpc-message'] ?? '').replace(/%(?![0-9a-fA-F]{2})/g, '%25')),
      });
    });
    stream.resume();
    stream.end(grpcFrame(message, isCompressed));
  });
}
