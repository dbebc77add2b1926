import { expect, test } from 'vitest';
import { BodyDeadlines, type SlowBodyError } from './body-deadlines.ts';

/** A body of which `received` bytes have arrived, and the errors with which it was ended. */
function watched(options: { timeoutMs?: number; minRate?: number }) {
  const clock = { nowMs: 5_000 };
  const deadlines = new BodyDeadlines({ timeoutMs: 0, minRate: 0, ...options, now: () => clock.nowMs });
  const body = { received: 0 };
  const errors: string[] = [];
  const end = deadlines.begin(
    () => body.received,
    (error: SlowBodyError) => errors.push(error.message),
  );
  const after = (ms: number, received: number) => {
    clock.nowMs += ms;
    body.received = received;
    deadlines.check();
    return errors.length;
  };
  return { after, end, errors, deadlines };
}

test('a body that takes longer than the timeout is ended once', () => {
  const { after, errors, deadlines } = watched({ timeoutMs: 300_000 });
  expect(after(300_000, 1e9)).toBe(0);
  expect(after(1, 1e9)).toBe(1);
  expect(after(1, 1e9)).toBe(1);
  expect(errors).toEqual(['the body did not arrive within 300 seconds']);
  deadlines.close();
});

test('a body below the minimum rate is ended, but not within the first ten seconds', () => {
  const { after, errors, deadlines } = watched({ minRate: 100 });
  expect(after(10_000, 0)).toBe(0);
  expect(after(1, 1_001)).toBe(0);
  expect(after(10_000, 2_001)).toBe(0);
  expect(after(10_000, 2_900)).toBe(1);
  expect(errors).toEqual(['the body arrives with less than 100 bytes per second']);
  deadlines.close();
});

test('a body that is complete is no longer watched', () => {
  const { after, end, deadlines } = watched({ timeoutMs: 1_000, minRate: 100 });
  end();
  end();
  expect(after(1_000_000, 0)).toBe(0);
  deadlines.close();
});

test('without limits, a body may take any time', () => {
  const { after, deadlines } = watched({});
  expect(after(1e9, 0)).toBe(0);
  deadlines.close();
});
