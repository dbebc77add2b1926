import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseExposition } from '../../../test/support/parse-exposition.ts';
import { compareFamilies } from './compare-families.ts';
import { parseTextFormat } from './parse-text.ts';

const cases = join(import.meta.dirname, '../../../test/conformance/cases');

/** Families with samples, as a text that does not depend on the parser. */
const simple = (families: readonly { name: string; samples: readonly object[] }[]) =>
  families.filter(({ samples }) => samples.length > 0).map(({ name, samples }) => [name, samples.length]);

test.each(['text', 'openmetrics'] as const)(
  'reads the same as a strict parser from every %s answer of the Collector',
  (dialect) => {
    const file = dialect === 'text' ? 'expect.metrics.txt' : 'expect.openmetrics.txt';
    let compared = 0;
    for (const name of readdirSync(cases)) {
      const path = join(cases, name, file);
      if (!existsSync(path)) continue;
      const page = readFileSync(path, 'latin1');
      let strict: ReturnType<typeof parseExposition>;
      try {
        strict = parseExposition(page, dialect);
      } catch {
        continue;
      }
      const parsed = parseTextFormat(page);
      expect(simple(parsed), name).toEqual(simple(strict));
      expect(parsed.flatMap(({ samples }) => samples.map(({ value }) => value))).toEqual(
        strict.flatMap(({ samples }) => samples.map(({ value }) => value)),
      );
      expect(parsed.flatMap(({ samples }) => samples.map(({ labels }) => [...labels]))).toEqual(
        strict.flatMap(({ samples }) => samples.map(({ labels }) => labels.map(([label, value]) => [label, value]))),
      );
      compared += 1;
    }
    expect(compared).toBeGreaterThanOrEqual(dialect === 'text' ? 50 : 5);
  },
);

describe('single lines', () => {
  const samples = (text: string) => parseTextFormat(text).flatMap((family) => family.samples);

  test.each([
    ['a 1', 'a', {}, 1],
    ['a{} -Inf 17', 'a', {}, Number.NEGATIVE_INFINITY],
    ['a{b="c",} 1e3', 'a', { b: 'c' }, 1000],
    ['a { b = "c" , d="" } 1', 'a', { b: 'c', d: '' }, 1],
    [String.raw`a{b="\\\n\"}"} 1`, 'a', { b: '\\\n"}' }, 1],
    ['{"a.b","c.d"="e"} 2', 'a.b', { 'c.d': 'e' }, 2],
    ['a_total 1 # {trace_id="x"} 1 2', 'a_total', {}, 1],
    ['a 1\r', 'a', {}, 1],
  ])('%s', (line, name, labels, value) => {
    expect(samples(line)).toEqual([{ name, labels: new Map(Object.entries(labels)), value }]);
  });

  test.each([
    ['a', 'line 1, column 2: "" is not a number'],
    ['\na{b="c} 1', 'line 2, column 5: a quoted text has no end'],
    ['a{b="c"d="e"} 1', 'line 1, column 8: expected , or }'],
    ['a{b} 1', 'label "b" has no value'],
    ['{b="c"} 1', 'the sample has no name'],
    ['a x', '"x" is not a number'],
    ['1a 1', 'expected a name'],
    ['<html>', 'line 1, column 1: expected a name'],
  ])('%s is refused with its place', (text, message) => {
    expect(() => parseTextFormat(text)).toThrow(message);
  });
});

describe('comparison', () => {
  const compare = (a: string, b: string, options = {}) =>
    compareFamilies(parseTextFormat(a), parseTextFormat(b), { tolerance: 0, ignoredLabels: new Set(), ...options });

  test('ignores the order of families, series, and labels, and empty labels', () => {
    expect(compare('a{x="1",y="2"} 1\na{x="2"} 2\nb 3\n', 'b{z=""} 3\na{x="2"} 2\na{y="2",x="1"} 1\n')).toEqual([]);
  });

  test('names missing families and series, and other types, helps, and values', () => {
    const a = '# HELP a one\n# TYPE a counter\na{x="1"} 1\na{x="2"} 1\nb 1\n';
    const b = '# HELP a two\n# TYPE a gauge\na{x="1"} 2\na{x="3"} 1\nc 1\n';
    expect(compare(a, b)).toEqual([
      { kind: 'type', subject: 'a', a: 'counter', b: 'gauge' },
      { kind: 'help', subject: 'a', a: 'one', b: 'two' },
      { kind: 'value', subject: 'a{x="1"}', a: '1', b: '2' },
      { kind: 'series', subject: 'a{x="2"}', a: '1', b: undefined },
      { kind: 'series', subject: 'a{x="3"}', a: undefined, b: '1' },
      { kind: 'family', subject: 'b', a: 'untyped, 1 series', b: undefined },
      { kind: 'family', subject: 'c', a: undefined, b: 'untyped, 1 series' },
    ]);
  });

  test('values within the tolerance are equal, and NaN equals NaN', () => {
    expect(compare('a 100\nb NaN\n', 'a 101\nb NaN\n', { tolerance: 0.01 })).toEqual([]);
    expect(compare('a 100\n', 'a 102\n', { tolerance: 0.01 }).length).toBe(1);
  });

  test('adds up series that become equal without the ignored labels', () => {
    expect(compare('a{i="1"} 1\na{i="2"} 2\n', 'a 3\n', { ignoredLabels: new Set(['i']) })).toEqual([]);
  });
});
