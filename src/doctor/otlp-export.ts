import type { ClientHttp2Session } from 'node:http2';
import { type HttpAnswer, requestHttp, TimeoutError } from '#client/http-request.ts';
import { doctorAgent } from '#component/views/clients-view.ts';
import type { OtlpTarget } from './airflow-step.ts';

export interface ExportOptions {
  readonly timeoutMs: number;
  /** PEM of trusted authorities. */
  readonly ca?: string | undefined;
  readonly isInsecure: boolean;
}

const exportPath = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';

/** Response to a call: a gRPC status, or an HTTP status if the server does not support gRPC. */
export interface GrpcAnswer {
  readonly code: number | undefined;
  readonly httpStatus: number;
  readonly message: string;
}

/**
 * Posts an ExportMetricsServiceRequest in protobuf.
 * @throws the system's error, or TimeoutError
 */
export function exportOverHttp(target: OtlpTarget, body: Uint8Array, options: ExportOptions): Promise<HttpAnswer> {
  const headers = { ...target.headers, 'content-type': 'application/x-protobuf', 'user-agent': doctorAgent };
  const { timeoutMs, ca, isInsecure } = options;
  return requestHttp(target.url, { method: 'POST', headers, body, timeoutMs, ca, isInsecure });
}

/**
 * Calls Export over gRPC.
 * @throws the system's error, or TimeoutError
 */
export async function exportOverGrpc(
  target: OtlpTarget,
  body: Uint8Array,
  options: ExportOptions,
): Promise<GrpcAnswer> {
  const { connect } = process.getBuiltinModule('node:http2');
  const { ca, isInsecure, timeoutMs } = options;
  const session = connect(target.url.origin, {
    ...(ca !== undefined && { ca }),
    ...(isInsecure && { rejectUnauthorized: false }),
  });
  const timer = setTimeout(() => session.destroy(new TimeoutError(timeoutMs)), timeoutMs);
  try {
    return await call(session, target.headers, body);
  } finally {
    clearTimeout(timer);
    session.destroy();
  }
}

function call(
  session: ClientHttp2Session,
  headers: Readonly<Record<string, string>>,
  body: Uint8Array,
): Promise<GrpcAnswer> {
  return new Promise((resolve, reject) => {
    session.on('error', reject);
    const stream = session.request({
      ...Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
      ...{ ':method': 'POST', ':path': exportPath, 'content-type': 'application/grpc', te: 'trailers' },
      'user-agent': doctorAgent,
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
      const status = fields['grpc-status'];
      resolve({
        code: status === undefined ? undefined : Number(status),
        httpStatus: Number(fields[':status'] ?? 0),
        message: decodeURIComponent(String(fields['grpc-message'] ?? '').replace(/%(?![0-9a-fA-F]{2})/g, '%25')),
      });
    });
    stream.resume();
    const prefix = Buffer.alloc(5);
    prefix.writeUInt32BE(body.length, 1);
    stream.end(Buffer.concat([prefix, body]));
  });
}
