import { rpcCode } from './rpc-codes.ts';

/**
 * A permanent error: a retry with the same data cannot succeed. Receivers return HTTP 500 or gRPC INTERNAL, or the response for `code`
 * (a google.rpc.Code number).
 */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
  readonly code: number;

  constructor(message: string, options: { code?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = options.code ?? rpcCode.internal;
  }
}

/** A retryable error. Receivers return HTTP 503 or gRPC UNAVAILABLE, with Retry-After if `retryAfterSeconds` is set. */
export class RetryableError extends Error {
  override readonly name = 'RetryableError';
  readonly code: number;
  readonly retryAfterSeconds: number | undefined;

  constructor(message: string, options: { code?: number; retryAfterSeconds?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.code = options.code ?? rpcCode.unavailable;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }
}

/** A component cannot start because of one of its settings. */
export class SettingError extends Error {
  override readonly name = 'SettingError';
  /** Keys below the component that lead to the setting. */
  readonly keys: readonly string[];
  /** What to write or do instead, as a clause. */
  readonly remedy: string;

  constructor(
    message: string,
    options: { readonly keys: readonly string[]; readonly remedy: string; cause?: unknown },
  ) {
    super(message, { cause: options.cause });
    this.keys = options.keys;
    this.remedy = options.remedy;
  }
}
