import { expect, test } from 'vitest';
import { noClientContext } from '#component/consumer.ts';
import { RetryableError } from '#component/errors.ts';
import { rpcCode } from '#component/rpc-codes.ts';
import { withTimeout } from './with-timeout.ts';

const attempt = () => ({ client: noClientContext, signal: new AbortController().signal });

test('ends an attempt at the timeout, although it does not settle', async () => {
  const signals: AbortSignal[] = [];
  const send = withTimeout<string>(10, (_, { signal }) => {
    signals.push(signal);
    return new Promise(() => {});
  });
  await expect(send('a', attempt())).rejects.toThrow(
    new RetryableError('context deadline exceeded', { code: rpcCode.deadlineExceeded }),
  );
  expect(signals[0]!.aborted).toBe(true);
});

test('an attempt outlives a timeout that is longer than the longest timer of Node.js', async () => {
  const send = withTimeout<string>(1000 * 3_600_000, () => new Promise((resolve) => setTimeout(resolve, 20)));
  await expect(send('a', attempt())).resolves.toBeUndefined();
});

test('passes on the reason of an abort, also if it precedes the attempt', async () => {
  const reason = new Error('shutdown');
  const reasons: unknown[] = [];
  const send = withTimeout<string>(1000, async (_, { signal }) => {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    reasons.push(signal.reason);
  });
  await send('a', { client: noClientContext, signal: AbortSignal.abort(reason) });
  const later = new AbortController();
  const sent = send('b', { client: noClientContext, signal: later.signal });
  later.abort(reason);
  await sent;
  expect(reasons).toEqual([reason, reason]);
});
