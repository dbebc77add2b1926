import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formatFixed6, formatFloat, formatSignedFloat } from './go-format.ts';

test('floats: shortest digits, exponent below 1e-4 and from 1e+06 (behaviour.md §1.14)', () => {
  const f = (value: number, want: string) => expect(formatFloat(value)).toBe(want);
  f(0, '0');
  f(-0, '0');
  f(1, '1');
  f(-1, '-1');
  f(Number.NaN, 'NaN');
  f(Number.POSITIVE_INFINITY, '+Inf');
  f(Number.NEGATIVE_INFINITY, '-Inf');
  f(1023, '1023');
  f(1024, '1024');
  f(100_000, '100000');
  f(999_999, '999999');
  f(1_000_000, '1e+06');
  f(-1_000_000, '-1e+06');
  f(1234567.5, '1.2345675e+06');
  f(123456.789, '123456.789');
  f(123456789.5, '1.234567895e+08');
  f(0.0001, '0.0001');
  f(0.00001, '1e-05');
  f(1e21, '1e+21');
  f(1e100, '1e+100');
  f(5e-324, '5e-324');
  f(Number.MAX_VALUE, '1.7976931348623157e+308');
  f(2 ** 53, '9.007199254740992e+15');
  f(2 ** 32, '4.294967296e+09');
});

test('negative zero keeps its sign where Go keeps it', () => {
  expect(formatSignedFloat(-0)).toBe('-0');
  expect(formatSignedFloat(0)).toBe('0');
  expect(formatSignedFloat(-1.5)).toBe('-1.5');
});

test('fixed notation: six decimals of the exact value, halves to even', () => {
  const f = (value: number, want: string) => expect(formatFixed6(value)).toBe(want);
  f(0, '0.000000');
  f(-0, '-0.000000');
  f(1, '1.000000');
  f(0.0078125, '0.007812');
  f(0.0234375, '0.023438');
  f(-0.0078125, '-0.007812');
  f(-1e-9, '-0.000000');
  f(1e21, '1000000000000000000000.000000');
  f(2 ** 80, '1208925819614629174706176.000000');
  f(Number.NaN, 'NaN');
  f(Number.POSITIVE_INFINITY, '+Inf');
  f(Number.NEGATIVE_INFINITY, '-Inf');
});

test('agrees with Go on the recorded values', () => {
  const bits = new DataView(new ArrayBuffer(8));
  const lines = readFileSync(new URL('testdata/go-floats.txt', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .slice(1);
  expect(lines.length).toBeGreaterThan(450);
  for (const line of lines) {
    const [hex = '', shortest, fixed] = line.split(' ');
    bits.setBigUint64(0, BigInt(`0x${hex}`));
    const value = bits.getFloat64(0);
    expect([formatSignedFloat(value), formatFixed6(value)]).toEqual([shortest, fixed]);
  }
});
