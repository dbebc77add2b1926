import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseGoInteger, truncatedInteger } from './integer.ts';

test('texts that are integers', () => {
  const f = (text: string, integer: bigint | undefined) => expect(parseGoInteger(text)).toBe(integer);
  f('0', 0n);
  f('-0', 0n);
  f('+7', 7n);
  f('-0042', -42n);
  f('9223372036854775807', 2n ** 63n - 1n);
  f('-9223372036854775808', -(2n ** 63n));
  f('9223372036854775808', undefined);
  f('-9223372036854775809', undefined);
  f('99999999999999999999', undefined);
  for (const text of ['', '-', '+', '1.0', ' 1', '1 ', '1_0', '0x1', '1e3', '--1', '١', 'x']) f(text, undefined);
});

test('every 64-bit integer is read from its digits, after any number of zeros', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.nat(50), (integer, zeros) => {
      const sign = integer < 0n ? '-' : '';
      const magnitude = integer < 0n ? -integer : integer;
      expect(parseGoInteger(`${sign}${'0'.repeat(zeros)}${magnitude}`)).toBe(integer);
    }),
  );
});

test('refuses a text of a million digits quickly', () => {
  expect(parseGoInteger('9'.repeat(1_000_000))).toBeUndefined();
  expect(parseGoInteger('0'.repeat(1_000_000))).toBe(0n);
});

test('doubles are cut towards zero', () => {
  const f = (value: number, integer: bigint) => expect(truncatedInteger(value)).toBe(integer);
  f(2.9, 2n);
  f(-2.9, -2n);
  f(-0, 0n);
  f(2 ** 53, 2n ** 53n);
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 63, -1e300]) {
    f(value, -(2n ** 63n));
  }
});
