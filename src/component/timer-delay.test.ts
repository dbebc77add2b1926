import { expect, test } from 'vitest';
import { timerDelay } from './timer-delay.ts';

test.each([1000 * 3_600_000, 2 ** 31, Number.POSITIVE_INFINITY])(
  'a timer with the delay of %d ms does not fire immediately',
  async (ms) => {
    const fired: number[] = [];
    const timer = setTimeout(() => fired.push(ms), timerDelay(ms));
    await new Promise((resolve) => setTimeout(resolve, 20));
    clearTimeout(timer);
    expect(fired).toEqual([]);
  },
);

test.each([0, 1, 200, 2 ** 31 - 1])('keeps a delay of %d ms', (ms) => expect(timerDelay(ms)).toBe(ms));
