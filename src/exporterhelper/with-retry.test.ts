import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { noClientContext } from '#component/consumer.ts';
import { PermanentError, RetryableError } from '#component/errors.ts';
import { parseConfig } from '#config/schema.ts';
import { ManualClock } from '../../test/support/component-settings.ts';
import { retryConfig } from './retry-config.ts';
import { withRetry } from './with-retry.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Sends one request that fails with `errors`, one after the other, and then succeeds. */
function sending(errors: readonly Error[], raw: object = {}) {
  const parsed = parseConfig(retryConfig(), { initial_interval: '1s', randomization_factor: 0, ...raw });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const clock = new ManualClock();
  const stopping = new AbortController();
  const retries: string[] = [];
  let attempts = 0;
  const send = withRetry<string>(
    parsed.value,
    {
      clock,
      random: () => 0.5,
      stopping: stopping.signal,
      onRetry: (error, delayMs) => retries.push(`${(error as Error).message} ${delayMs}`),
    },
    () => {
      const error = errors[attempts++];
      return error ? Promise.reject(error) : Promise.resolve();
    },
  );
  const outcome = send('data', { client: noClientContext, signal: new AbortController().signal })!.then(
    () => 'sent',
    (error: Error) => error,
  );
  const advance = async (ms: number) => {
    clock.advance(ms);
    await vi.advanceTimersByTimeAsync(ms);
  };
  return { outcome, retries, stopping, advance, attempts: () => attempts };
}

const busy = new RetryableError('busy', { code: 8 });

test('sends again after growing delays until it succeeds', async () => {
  const { outcome, retries, advance, attempts } = sending([busy, new Error('reset'), busy]);
  await advance(999);
  expect(attempts()).toBe(1);
  await advance(1);
  expect(attempts()).toBe(2);
  await advance(1500);
  await advance(2250);
  expect(await outcome).toBe('sent');
  expect(retries).toEqual(['busy 1000', 'reset 1500', 'busy 2250']);
});

test('never retries a permanent error, and keeps its code', async () => {
  const { outcome, attempts } = sending([new PermanentError('Permanent error: no', { code: 3 })]);
  expect(await outcome).toMatchObject({
    name: 'PermanentError',
    message: 'not retryable error: Permanent error: no',
    code: 3,
  });
  expect(attempts()).toBe(1);
});

test('waits at least for the delay that the receiver requests', async () => {
  const asked = new RetryableError('busy', { retryAfterSeconds: 7 });
  const { outcome, advance, attempts } = sending([asked]);
  await advance(6999);
  expect(attempts()).toBe(1);
  await advance(1);
  expect(await outcome).toBe('sent');
});

test('gives up when max_elapsed_time would pass during the delay', async () => {
  const { outcome, advance, attempts } = sending([busy, busy, busy, busy], {
    max_elapsed_time: '3s',
    max_interval: '2s',
  });
  await advance(1000);
  await advance(1500);
  expect(await outcome).toMatchObject({ name: 'RetryableError', message: 'no more retries left: busy', code: 8 });
  expect(attempts()).toBe(3);
});

test('fails immediately if the receiver requests a longer delay than max_elapsed_time', async () => {
  const asked = new RetryableError('busy', { retryAfterSeconds: 600 });
  const { outcome } = sending([asked]);
  expect(await outcome).toMatchObject({ message: 'no more retries left: Throttle (10m0s), error: busy' });
});

test('max_elapsed_time 0 retries without end', async () => {
  const { outcome, advance, attempts } = sending(Array(100).fill(busy), { max_elapsed_time: 0, max_interval: '1s' });
  for (let second = 0; second < 100; second++) await advance(1000);
  expect(await outcome).toBe('sent');
  expect(attempts()).toBe(101);
});

test('a shutdown ends the delay, and gives the request one last attempt', async () => {
  const succeeds = sending([busy]);
  await succeeds.advance(10);
  succeeds.stopping.abort();
  expect(await succeeds.outcome).toBe('sent');
  const fails = sending([busy, busy]);
  await fails.advance(10);
  fails.stopping.abort();
  expect(await fails.outcome).toMatchObject({ message: 'interrupted due to shutdown: busy' });
  expect(fails.attempts()).toBe(2);
});
