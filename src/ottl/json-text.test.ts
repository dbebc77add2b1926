import { expect, test } from 'vitest';
import { jsonText } from './json-text.ts';
import type { OttlValue } from './value.ts';

const map = (key: string, value: string): OttlValue => ({ kind: 'kvlist', entries: [{ key, value }] });

// Answers of the Collector 0.165 to String(…).
test.each<{ name: string; value: OttlValue; expected: string }>([
  { name: 'a map with &', value: map('a', '&'), expected: '{"a":"\\u0026"}' },
  { name: 'a map with < and >', value: map('u', 'a<b>'), expected: '{"u":"a\\u003cb\\u003e"}' },
  { name: 'a list', value: { kind: 'array', values: ['<', 1n] }, expected: '["\\u003c",1]' },
  { name: 'a text', value: 'a<b>&', expected: 'a<b>&' },
])('$name becomes $expected', ({ value, expected }) => {
  expect(jsonText(value)).toBe(expected);
});
