import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

test('Go’s texts of durations, in milliseconds', () => {
  const f = (text: string, want: number) => expect(parseDuration(text)).toBeCloseTo(want, 12);
  f('0', 0);
  f('5s', 5000);
  f('300ms', 300);
  f('1.5h', 5_400_000);
  f('1h2m3.5s', 3_723_500);
  f('-5m', -300_000);
  f('+5m', 300_000);
  f('.5s', 500);
  f('1.s', 1000);
  f('100us', 0.1);
  f('100µs', 0.1);
  f('100μs', 0.1);
  f('5ns', 5e-6);
});

test('what is no duration', () => {
  const f = (text: string, message: string) => expect(() => parseDuration(text)).toThrow(message);
  f('', 'time: invalid duration');
  f('-', 'time: invalid duration');
  f('abc', 'time: invalid duration');
  f('5', 'time: missing unit in duration');
  f('1h5', 'time: missing unit in duration');
  f('5x', 'time: unknown unit');
  f('5 s', 'time: unknown unit');
  f('5constructor', 'time: unknown unit');
  f('9999999h', 'time: invalid duration');
});

test('durations as Go writes them', () => {
  const f = (milliseconds: number, want: string) => expect(formatDuration(milliseconds)).toBe(want);
  f(0, '0s');
  f(5e-6, '5ns');
  f(0.0015, '1.5µs');
  f(200, '200ms');
  f(1500, '1.5s');
  f(60_000, '1m0s');
  f(300_000, '5m0s');
  f(86_400_000, '24h0m0s');
  f(-3_723_500, '-1h2m3.5s');
});

test('what is written is read again', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e12, max: 1e12 }), (microseconds) => {
      const milliseconds = microseconds / 1000;
      expect(parseDuration(formatDuration(milliseconds))).toBeCloseTo(milliseconds, 5);
    }),
  );
});
