import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isLabelName, LabelNamer } from './label-namer.ts';
import { NameError } from './name-error.ts';

const classic = new LabelNamer('UnderscoreEscapingWithSuffixes');
const utf8 = new LabelNamer('NoTranslation');

test('characters outside letters and digits become underscores, one each', () => {
  const f = (key: string, want: string) => expect(classic.name(key)).toBe(want);
  f('http.method', 'http_method');
  f('a..b', 'a__b');
  f('a:b', 'a_b');
  f('1st', 'key_1st');
  f('_lead', '_lead');
  f('aü😀', 'a__');
  f('a\udcff\udcfe', 'a__');
  f('dag_id', 'dag_id');
});

test('reserved keys and keys of underscores get the prefix key', () => {
  const f = (key: string, want: string) => {
    expect(classic.name(key)).toBe(want);
    expect(utf8.name(key)).toBe(want);
  };
  f('_', 'key_');
  f('___', 'key___');
  f('__name__', 'key__name__');
  f('_x', '_x');
});

test.each([
  ['ü', '_', 'key_'],
  ['日本', '__', 'key__'],
  ['...', '___', 'key___'],
  ['__x', '__x', 'key__x'],
])('%s is no valid label name by the rule of the Collector, and is with a prefix', (key, strict, kept) => {
  expect([classic.name(key), isLabelName(strict)]).toEqual([strict, false]);
  const keeping = new LabelNamer('UnderscoreEscapingWithSuffixes', { keepsSeries: true });
  expect([keeping.name(key), isLabelName(kept)]).toEqual([kept, true]);
});

test('label names are well-formed and do not belong to Prometheus', () => {
  expect(isLabelName('\udcff')).toBe(false);
  expect(isLabelName('_x')).toBe(true);
  expect(isLabelName('key__x')).toBe(true);
});

test('strategies that keep UTF-8 keep the key', () => {
  expect(utf8.name('http.method')).toBe('http.method');
  expect(utf8.name('1st')).toBe('1st');
  expect(utf8.name('温')).toBe('温');
});

test('the empty key has no label name', () => {
  expect(classic.name('')).toBeUndefined();
  expect(utf8.name('')).toBeUndefined();
});

test("agrees with the collector's translator on 300 awkward keys", () => {
  const path = new URL('testdata/label-names.jsonl', import.meta.url);
  for (const line of readFileSync(path, 'utf8').trim().split('\n')) {
    const [keepsUtf8, key, want, error] = JSON.parse(line);
    const strategy = keepsUtf8 ? 'NoTranslation' : 'UnderscoreEscapingWithSuffixes';
    const namer = new LabelNamer(strategy);
    if (error === '') {
      expect(namer.strictName(key), line).toBe(want);
      if (!/^__|^_$/.test(want)) expect(namer.name(key), line).toBe(want);
    } else {
      expect(() => namer.strictName(key), line).toThrow(new NameError(error));
    }
  }
});
