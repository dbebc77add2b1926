import { BodyError } from '#compression/body-error.ts';

/** google.rpc.Code numbers that the transport itself returns. */
export const grpcCode = {
  cancelled: 1,
  deadlineExceeded: 4,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unauthenticated: 16,
} as const;

/** A call that fails before any pipeline receives it, with its status. */
export class RpcError extends BodyError {
  readonly code: number;

  constructor(code: number, message: string, cause?: unknown) {
    super(message);
    this.cause = cause;
    this.code = code;
  }
}
