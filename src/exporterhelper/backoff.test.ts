import { expect, test } from 'vitest';
import { Backoff } from './backoff.ts';

const config = { initialInterval: 100, randomizationFactor: 0.5, multiplier: 2, maxInterval: 500 };

function delays(random: () => number, changes: Partial<typeof config> = {}): number[] {
  const backoff = new Backoff({ ...config, ...changes }, random);
  return Array.from({ length: 5 }, () => backoff.next());
}

test('delays grow by the multiplier up to max_interval', () => {
  expect(delays(() => 0.5)).toEqual([100, 200, 400, 500, 500]);
});

test('a delay varies by the randomization factor in both directions', () => {
  expect(delays(() => 0)).toEqual([50, 100, 200, 250, 250]);
  expect(delays(() => 1)).toEqual([150, 300, 600, 750, 750]);
  expect(delays(() => 1, { randomizationFactor: 0 })).toEqual([100, 200, 400, 500, 500]);
});

test('a multiplier below 1 does not raise the delay to max_interval', () => {
  expect(delays(() => 0.5, { multiplier: 1 })).toEqual([100, 100, 100, 100, 100]);
});
