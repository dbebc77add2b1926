import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseGoFloat } from './float.ts';

/* Asked of Go's strconv.ParseFloat, through the collector. */
test.each<[string, number | undefined]>([
  ['1', 1],
  ['+1.5', 1.5],
  ['-.5e-3', -0.0005],
  ['5.', 5],
  ['1.e3', 1000],
  ['00012', 12],
  ['1e5', 100000],
  ['1E+5', 100000],
  ['-0', -0],
  ['1e-400', 0],
  ['4.9e-324', 5e-324],
  ['nan', Number.NaN],
  ['NaN', Number.NaN],
  ['+nan', undefined],
  ['-nan', undefined],
  ['inf', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['+INF', Number.POSITIVE_INFINITY],
  ['infinit', undefined],
  ['', undefined],
  ['.', undefined],
  ['e5', undefined],
  ['1e', undefined],
  ['1e+', undefined],
  ['1 ', undefined],
  [' 1', undefined],
  ['abc', undefined],
  ['0x', undefined],
  ['١', undefined],
  ['1e999', undefined],
  ['-1e999', undefined],
])('%j is %s', (text, number) => {
  expect(parseGoFloat(text)).toBe(number);
});

test.each<[string, number | undefined]>([
  ['0x1p-2', 0.25],
  ['0X1P+3', 8],
  ['-0x.8p1', -1],
  ['0x1.8p0', 1.5],
  ['0x1', undefined],
  ['0xp1', undefined],
  ['0x.p1', undefined],
  ['0x1p3.5', undefined],
  ['0x1p-1074', 5e-324],
  // A tie rounds to the even neighbor; one more bit rounds up.
  ['0x1p-1075', 0],
  ['0x1.8p-1075', 5e-324],
  ['0x1.00000000000000000000000000000000000000000000000001p-1075', 5e-324],
  ['0x1p-99999999999', 0],
  ['0x0p99999999999', 0],
  ['0x1p1023', 2 ** 1023],
  ['0x1p1024', undefined],
  ['0x1.fffffffffffff7p1023', Number.MAX_VALUE],
  ['0x1.fffffffffffff8p1023', undefined],
  ['0x10000000000000p-52', 1],
])('hexadecimal %j is %s', (text, number) => {
  expect(parseGoFloat(text)).toBe(number);
});

test.each<[string, number | undefined]>([
  ['1_000', 1000],
  ['1_0.2_5e1_0', 10.25e10],
  ['0x_1_0p0', 16],
  ['0xa_bp0', 171],
  ['1__0', undefined],
  ['_1', undefined],
  ['1_', undefined],
  ['1_.5', undefined],
  ['1._5', undefined],
  ['1e_5', undefined],
  ['0x1p_1', undefined],
  ['in_f', undefined],
])('with underscores %j is %s', (text, number) => {
  expect(parseGoFloat(text)).toBe(number);
});

test("parses every double from JavaScript's text and from hexadecimal digits", () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
      expect(parseGoFloat(String(number))).toBe(number === 0 ? 0 : number);
      expect(parseGoFloat(hexadecimal(number))).toBe(number);
    }),
    { numRuns: 1000 },
  );
});

test('parses many digits quickly', () => {
  const digits = '123456789abcdef'.repeat(100_000);
  expect(parseGoFloat(`0x${digits}p-${4 * digits.length}`)).toBeCloseTo(0x12345678 / 2 ** 32, 8);
  expect(parseGoFloat(`0.${'3'.repeat(1_000_000)}`)).toBe(1 / 3);
});

test('takes time in proportion to the length, also for an invalid text', () => {
  const digits = '1'.repeat(1_000_000);
  for (const text of [
    `${digits}x`,
    `0x${digits}`,
    `0x${digits}.${digits}`,
    `0.${digits}e`,
    `1e${digits}x`,
    `1_${digits}_`,
  ])
    expect(parseGoFloat(text)).toBeUndefined();
});

/** A double as Go's `%x` writes it. */
function hexadecimal(number: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, number);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = (bits & (2n ** 52n - 1n)).toString(16).padStart(13, '0');
  const lead = exponent === 0 ? 0 : 1;
  return `${bits >> 63n ? '-' : ''}0x${lead}.${fraction}p${exponent === 0 ? -1022 : exponent - 1023}`;
}
