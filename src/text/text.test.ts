import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable } from './printable.ts';
import { thousands } from './thousands.ts';

test.each([
  [0, '0'],
  [999, '999'],
  [1_000, '1,000'],
  [-1_234_567, '-1,234,567'],
  [1_234.567, '1,234.57'],
  [0.1 + 0.2, '0.3'],
  [-0.004, '0'],
  [1e21, '1e+21'],
  [Number.NaN, 'NaN'],
])('%d is %s', (value, text) => expect(thousands(value)).toBe(text));

test('numbers are formatted as in English', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      expect(thousands(value)).toBe((value + 0).toLocaleString('en-US'));
    }),
  );
});

test.each([
  ['a\u001b[31mb\u0085', 'a�[31mb�'],
  ['\u202eabc\u2066\u200b\ufeff', '�abc���'],
  ['\ud800x\u2028', '�x�'],
  ['Größe 😀 漢字', 'Größe 😀 漢字'],
  ['a\n\tb', 'a��b'],
])('%j', (text, expected) => expect(printable(text)).toBe(expected));

test('lines can be kept', () => expect(printable('a\n\tb\r\u001b', { keepsLines: true })).toBe('a\n\tb��'));
