import { expect, test } from 'vitest';
import { beforeAllTimes, createdTime, floorToMs, nativeCreatedTime, signedTime } from './point-times.ts';

test('times from 2^63 on are long past', () => {
  expect(signedTime(0n)).toBe(0n);
  expect(signedTime(2n ** 63n - 1n)).toBe(2n ** 63n - 1n);
  expect(signedTime(2n ** 63n)).toBe(-(2n ** 63n));
  expect(signedTime(2n ** 64n - 1n)).toBe(-1n);
  expect(beforeAllTimes < signedTime(2n ** 63n)).toBe(true);
});

test('milliseconds are rounded down, also before the epoch', () => {
  const f = (nanoseconds: bigint, ms: number) => expect(floorToMs(nanoseconds)).toBe(ms);
  f(0n, 0);
  f(999_999n, 0);
  f(1_000_000n, 1);
  f(-1n, -1);
  f(-1_000_000n, -1);
  f(-1_000_001n, -2);
  f(2n ** 63n - 1n, 9_223_372_036_854);
});

test('start times in the first second of the epoch, or before, are none', () => {
  const second = 1_000_000_000n;
  expect([createdTime(0n), createdTime(second - 1n), createdTime(-5n)]).toEqual([undefined, undefined, undefined]);
  expect(createdTime(second)).toBe(second);
  expect(nativeCreatedTime(second)).toBe(second);
  // Native histograms always have one: Go's zero time.
  expect(new Date(Number(nativeCreatedTime(0n) / 1_000_000n)).toISOString()).toBe('0001-01-01T00:00:00.000Z');
});
