/**
 * Data was refused for good: retrying the same data can't help. Receivers answer HTTP 500 / gRPC INTERNAL, or the
 * code that the error carries (a google.rpc.Code number).
 */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
  readonly code: number;

  constructor(message: string, options: { code?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = options.code ?? 13;
  }
}

/** Data was refused for now. Receivers answer HTTP 503 / gRPC UNAVAILABLE, with Retry-After when a delay is given. */
export class RetryableError extends Error {
  override readonly name = 'RetryableError';
  readonly code: number;
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, options: { code?: number; retryAfterSeconds?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = options.code ?? 14;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}
