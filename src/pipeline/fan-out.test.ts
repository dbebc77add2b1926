import { expect, test } from 'vitest';
import { noClientContext } from '#component/consumer.ts';
import { PermanentError, RetryableError } from '#component/errors.ts';
import type { Consume } from './consume.ts';
import { fanOut } from './fan-out.ts';

const data = { dataPointCount: 1 } as never;
const calls = (name: string, seen: string[], outcome?: () => Promise<void> | undefined): Consume => {
  return () => {
    seen.push(name);
    return outcome?.();
  };
};
const fails = (error: Error) => () => Promise.reject(error);
const throws = (error: Error) => () => {
  throw error;
};

test('one consumer is called as it is', () => {
  const only: Consume = () => undefined;
  expect(fanOut([only])).toBe(only);
});

test('calls all consumers in order with the same data, synchronously if all of them are', () => {
  const seen: unknown[] = [];
  const consume: Consume = (got, context) => void seen.push([got, context]);
  expect(fanOut([consume, consume])(data, noClientContext)).toBeUndefined();
  expect(seen).toEqual([
    [data, noClientContext],
    [data, noClientContext],
  ]);
});

test('calls all consumers even if one fails, immediately or later', async () => {
  for (const outcome of [fails(new Error('a')), throws(new Error('a'))]) {
    const seen: string[] = [];
    const all = fanOut([calls('1', seen, outcome), calls('2', seen, () => Promise.resolve()), calls('3', seen)]);
    await expect(all(data, noClientContext)).rejects.toThrow('a');
    expect(seen).toEqual(['1', '2', '3']);
  }
});

test('it waits for all of them', async () => {
  let finish!: () => void;
  const slow: Consume = () => new Promise<void>((resolve) => (finish = resolve));
  let done = false;
  const all = Promise.resolve(fanOut([slow, () => undefined])(data, noClientContext)).then(() => (done = true));
  await Promise.resolve();
  expect(done).toBe(false);
  finish();
  await all;
  expect(done).toBe(true);
});

test('combines failures: permanent if one is, otherwise retryable', async () => {
  const retryable = (seconds?: number) =>
    new RetryableError('later', seconds === undefined ? {} : { retryAfterSeconds: seconds });
  const f = async (errors: Error[], want: object) => {
    const all = fanOut(errors.map((error) => fails(error)));
    await expect(all(data, noClientContext)).rejects.toMatchObject(want);
  };
  await f([new PermanentError('never', { code: 3 }), retryable()], {
    name: 'PermanentError',
    message: 'never; later',
    code: 3,
  });
  await f([retryable(2), retryable(7)], { name: 'RetryableError', message: 'later; later', retryAfterSeconds: 7 });
  await f([retryable(), retryable()], { name: 'RetryableError', code: 14, retryAfterSeconds: undefined });
  await f([new Error('odd'), retryable()], { name: 'Error', message: 'odd; later' });
});
