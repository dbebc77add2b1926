import { expect, test } from 'vitest';
import type { AnyValue } from './attributes.ts';
import { valueText } from './value-text.ts';

const f = (value: AnyValue, text: string) => expect(valueText(value)).toBe(text);
const list = (...values: AnyValue[]): AnyValue => ({ kind: 'array', values });
const map = (...pairs: [string, AnyValue][]): AnyValue => ({
  kind: 'kvlist',
  entries: pairs.map(([key, value]) => ({ key, value })),
});

test('plain values', () => {
  f(undefined, '');
  f('a"b', 'a"b');
  f(true, 'true');
  f(-9223372036854775808n, '-9223372036854775808');
  f(new Uint8Array([1, 2, 255]), 'AQL/');
});

test('doubles as JavaScript writes them, with negative zero', () => {
  f(1.5, '1.5');
  f(-0, '-0');
  f(1e21, '1e+21');
  f(1e-7, '1e-7');
  f(0.000001, '0.000001');
  f(Number.NaN, 'NaN');
  f(Number.NEGATIVE_INFINITY, '-Infinity');
});

test('maps and slices are compact JSON with sorted keys; the last of equal keys wins', () => {
  f(map(['b', 1n], ['a', list('x', undefined, 1.5)], ['b', 2n]), '{"a":["x",null,1.5],"b":2}');
  f(list(), '[]');
  f(map(['ü', 1n], ['z', 1n]), '{"z":1,"ü":1}');
  f(list(new Uint8Array([255])), '["/w=="]');
  f(list(new Uint8Array()), '[null]');
  f(map(), '{}');
});

test('JSON text escapes as Go does without HTML escaping', () => {
  f(list('<&>"\\\n\r\t\b\f\u0001\u2028\u2029\udcff𝄞'), '["<&>\\"\\\\\\n\\r\\t\\b\\f\\u0001\\u2028\\u2029\\ufffd𝄞"]');
});

test('NaN or infinity inside a map or slice empties the whole text', () => {
  f(list(1n, Number.NaN), '');
  f(map(['a', list(Number.POSITIVE_INFINITY)]), '');
});
