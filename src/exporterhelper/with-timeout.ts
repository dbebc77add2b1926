import { RetryableError } from '#component/errors.ts';
import { rpcCode } from '#component/rpc-codes.ts';
import { timerDelay } from '#component/timer-delay.ts';
import type { Send } from './send.ts';

/**
 * Limits each call of `send` to `timeoutMs` milliseconds; 0 disables the limit. At the limit, the call's signal aborts, and the call rejects
 * with a RetryableError even if `send` does not settle.
 */
export function withTimeout<Data>(timeoutMs: number, send: Send<Data>): Send<Data> {
  if (timeoutMs === 0) return send;
  return (data, { client, signal }) => {
    const limit = new AbortController();
    const stop = () => limit.abort(signal.reason);
    if (signal.aborted) stop();
    const sent = send(data, { client, signal: limit.signal });
    if (sent === undefined) return undefined;
    return new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => {
        const error = new RetryableError('context deadline exceeded', { code: rpcCode.deadlineExceeded });
        limit.abort(error);
        reject(error);
      }, timerDelay(timeoutMs));
      signal.addEventListener('abort', stop, { once: true });
      sent.then(resolve, reject).finally(() => {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
      });
    });
  };
}
