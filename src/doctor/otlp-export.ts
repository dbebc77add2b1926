import { callGrpc, type GrpcAnswer } from '#client/grpc-call.ts';
import { type HttpAnswer, requestHttp, TimeoutError } from '#client/http-request.ts';
import { doctorAgent } from '#component/views/clients-view.ts';
import type { OtlpTarget } from './airflow-step.ts';

/** Parameters of {@link exportOverHttp}. */
export interface ExportOptions {
  readonly timeoutMs: number;
  /** PEM of trusted authorities. */
  readonly ca?: string | undefined;
  readonly isInsecure: boolean;
}

const exportPath = '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export';

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
  // The call reports it; it can come again after the call has ended.
  session.on('error', () => undefined);
  const timer = setTimeout(() => session.destroy(new TimeoutError(timeoutMs)), timeoutMs);
  try {
    return await callGrpc(session, {
      path: exportPath,
      headers: { ...target.headers, 'user-agent': doctorAgent },
      message: body,
    });
  } finally {
    clearTimeout(timer);
    session.destroy();
  }
}
