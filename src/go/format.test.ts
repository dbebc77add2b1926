import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatFixed6, formatFloat, formatSignedFloat } from './format.ts';

test('floats have the shortest digits, and an exponent below 1e-4 and from 1e+06', () => {
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

/** Six decimals by exact integer arithmetic: a double is a whole number of 2^-1074. */
function exactFixed6(value: number): string {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, Math.abs(value));
  const raw = bits.getBigUint64(0);
  const exponent = Number(raw >> 52n);
  const fraction = raw & ((1n << 52n) - 1n);
  const units = exponent === 0 ? fraction : (fraction | (1n << 52n)) << BigInt(exponent - 1);
  const unit = 1n << 1074n;
  const millionths = (units * 1_000_000n) / unit;
  const twiceRest = ((units * 1_000_000n) % unit) * 2n;
  const up = twiceRest > unit || (twiceRest === unit && millionths % 2n === 1n);
  const digits = (millionths + (up ? 1n : 0n)).toString().padStart(7, '0');
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  return `${sign}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

test('fixed notation is exact for any double, near ties too', () => {
  const nearTie = fc
    .tuple(fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }), fc.integer({ min: -2, max: 2 }))
    .map(([millionths, steps]) => {
      const value = (millionths + 0.5) / 1e6;
      return value + steps * Math.abs(value) * Number.EPSILON;
    });
  const eighths = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map((n) => n / 128);
  const value = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.double({ noNaN: true, min: -1e4, max: 1e4 }),
    fc.double({ noNaN: true, min: 2 ** 30, max: 2 ** 33 }),
    nearTie,
    eighths,
  );
  fc.assert(
    fc.property(value, (x) => formatFixed6(x) === exactFixed6(x)),
    { numRuns: 5000 },
  );
});
