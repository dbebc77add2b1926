import type { RejectReason } from '#component/views/rejection.ts';
import type { RejectionLog } from '#http/rejected-requests.ts';
import type { GrpcCall } from './grpc-call.ts';

/** Records a call that failed before any pipeline received it. */
export function recordCall(
  rejected: RejectionLog,
  { reason, call, detail }: { readonly reason: RejectReason; readonly call: GrpcCall; readonly detail: string },
): void {
  const { address, port, path, userAgent } = call;
  rejected.record({ reason, transport: 'grpc', address, port, path, userAgent, detail });
}
