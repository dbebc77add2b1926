import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import { replaceAllGo } from './replacement.ts';

/* Go's regexp.ReplaceAllString, by its documentation of Expand. */
const f = (pattern: string, text: string, template: string, result: string) =>
  expect(replaceAllGo(RE2JS.compile(pattern), text, template), template).toBe(result);

test('groups by number and by name', () => {
  f('(\\w+) (\\w+)', 'hello world', '$2 $1', 'world hello');
  f('(\\w+) (\\w+)', 'hello world', '${1}x', 'hellox');
  f('(?P<first>h)(?P<rest>\\w*)', 'hello', '$rest-${first}', 'ello-h');
  f('h', 'hello', '<$0>', '<h>ello');
});

test('an unknown group is empty, and a name is as long as possible', () => {
  f('(h)', 'hello', '$2|', '|ello');
  f('(h)', 'hello', '$1x|', '|ello');
  f('(h)', 'hello', '$name|', '|ello');
  f('(h)', 'hello', '${nope}|', '|ello');
  f('(h)', 'hello', '$01|', '|ello');
  f('(h)', 'hello', '$constructor|', '|ello');
  f('(x)?h', 'hello', '[$1]', '[]ello');
});

test('dollars and backslashes', () => {
  f('h', 'hello', '$$', '$ello');
  f('h', 'hello', '$$1', '$1ello');
  f('h', 'hello', '$', '$ello');
  f('h', 'hello', '$.', '$.ello');
  f('h', 'hello', '${', '${ello');
  f('h', 'hello', '${}', '${}ello');
  f('h', 'hello', '${a', '${aello');
  f('h', 'hello', 'a\\b\\$', 'a\\b\\$ello');
});

test('replaces every match, including empty ones, and nothing else', () => {
  f('l', 'hello', 'L', 'heLLo');
  f('x*', 'abc', '-', '-a-b-c-');
  f('z', 'hello', 'y', 'hello');
  f('(é)', 'caféé', '<$1>', 'caf<é><é>');
});

test('a pattern that would backtrack elsewhere takes time in proportion', () => {
  f('^(?:a+)+$', `${'a'.repeat(50_000)}b`, 'x', `${'a'.repeat(50_000)}b`);
});
