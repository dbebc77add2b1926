import { expect, test } from 'vitest';
import { amount } from './amount.ts';

test.each([
  [1, 'requests', '1 request'],
  [2, 'requests', '2 requests'],
  [0, 'points', '0 points'],
  [1, 'entries', '1 entry'],
  [1, 'series', '1 series'],
])('%i %s is %s', (count, unit, expected) => expect(amount(count, unit)).toBe(expected));

test('formats the number', () => {
  expect(amount(1_000, 'points', (count) => count.toLocaleString('en-US'))).toBe('1,000 points');
});
