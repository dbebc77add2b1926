import { expect, test } from 'vitest';
import { exponentialBound } from './exponential-bound.ts';

test.each([
  [0, 0, 1],
  [0, 1, 2],
  [1, 3, 2.82842712474619],
  [0, 1023, 8.98846567431158e307],
  [0, 1024, Number.POSITIVE_INFINITY],
  [0, -1075, 0],
  [-1024, 1, Number.POSITIVE_INFINITY],
  [-2147483648, -1, 0],
  [2147483647, 2147483647, 1],
])('scale %d, index %d', (scale, index, bound) => {
  const close = exponentialBound(scale, index);
  if (Number.isFinite(bound) && bound > 1e300) expect(close / bound).toBeCloseTo(1, 12);
  else expect(close).toBe(bound);
});

test('bounds beyond the range of doubles are NaN, same as in the Collector', () => {
  expect(exponentialBound(-2147483648, 0)).toBeNaN();
});
