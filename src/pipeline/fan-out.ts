import { PermanentError, RetryableError } from '#component/errors.ts';
import type { Consume } from './consume.ts';

/**
 * Returns a function that passes the same data to several consumers, in order. Calls all of them even if one fails, and
 * combines their errors (docs/reference/collector-behaviour.md#pipelines). A single consumer is called directly.
 */
export function fanOut(consumers: readonly Consume[]): Consume {
  if (consumers.length === 1) return consumers[0]!;
  return (data, context) => {
    let errors: unknown[] | undefined;
    let pending: Promise<void>[] | undefined;
    for (const consume of consumers) {
      try {
        const finished = consume(data, context);
        if (finished) {
          pending ??= [];
          pending.push(finished);
        }
      } catch (error) {
        errors ??= [];
        errors.push(error);
      }
    }
    if (pending) return settle(pending, errors ?? []);
    return errors && Promise.reject(combined(errors));
  };
}

async function settle(pending: readonly Promise<void>[], errors: unknown[]): Promise<void> {
  for (const result of await Promise.allSettled(pending)) {
    if (result.status === 'rejected') errors.push(result.reason);
  }
  if (errors.length > 0) throw combined(errors);
}

/** Combines errors into one: permanent if one of them is, because a retry would repeat it. */
function combined(errors: readonly unknown[]): unknown {
  if (errors.length === 1) return errors[0];
  const message = errors.map((error) => (error instanceof Error ? error.message : String(error))).join('; ');
  const permanent = errors.find((error) => error instanceof PermanentError);
  if (permanent) return new PermanentError(message, { code: permanent.code, cause: errors });
  const retryable = errors.filter((error) => error instanceof RetryableError);
  if (retryable.length < errors.length) return new Error(message, { cause: errors });
  const delays = retryable.map((error) => error.retryAfterSeconds).filter((delay) => delay !== undefined);
  return new RetryableError(message, {
    code: retryable[0]!.code,
    cause: errors,
    ...(delays.length > 0 && { retryAfterSeconds: Math.max(...delays) }),
  });
}
