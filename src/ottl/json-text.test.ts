import { expect, test } from 'vitest';
import { jsonText } from './json-text.ts';

const map = (key: string, value: string) => ({ kind: 'kvlist' as const, entries: [{ key, value }] });

// Answers of the Collector 0.165 to String(…).
test.each([
  [map('a', '&'), '{"a":"\\u0026"}'],
  [map('u', 'a<b>'), '{"u":"a\\u003cb\\u003e"}'],
  [{ kind: 'array' as const, values: ['<', 1n] }, '["\\u003c",1]'],
  ['a<b>&', 'a<b>&'],
])('%j is %s', (value, expected) => {
  expect(jsonText(value)).toBe(expected);
});
