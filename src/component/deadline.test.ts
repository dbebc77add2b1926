import { expect, test } from 'vitest';
import { withDeadline } from './deadline.ts';

const forever = new Promise<never>(() => undefined);

test('returns the result of work that ends before the deadline', async () => {
  expect(await withDeadline(Promise.resolve(7), new AbortController().signal)).toBe(7);
});

test('rejects when the work rejects before the deadline', async () => {
  await expect(withDeadline(Promise.reject(new Error('no')), new AbortController().signal)).rejects.toThrow('no');
});

test('stops waiting when the deadline aborts', async () => {
  const deadline = new AbortController();
  const waiting = withDeadline(forever, deadline.signal);
  deadline.abort();
  expect(await waiting).toBeUndefined();
});

test('does not wait after the deadline, and ignores a later failure of the work', async () => {
  expect(await withDeadline(forever, AbortSignal.abort())).toBeUndefined();
  expect(await withDeadline(Promise.reject(new Error('late')), AbortSignal.abort())).toBeUndefined();
});
