import { BodyError } from '#compression/body-error.ts';

/** A call that fails before any pipeline receives it, with its status. */
export class RpcError extends BodyError {
  readonly code: number;

  constructor(code: number, message: string, cause?: unknown) {
    super(message);
    this.cause = cause;
    this.code = code;
  }
}
