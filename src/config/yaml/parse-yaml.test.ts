import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GoFloat, goTypeOf, isRawMap } from '../raw-value.ts';
import { parseYaml } from './parse-yaml.ts';
import { YamlError } from './yaml-error.ts';

/** Result of the Collector's YAML library (go.yaml.in/yaml/v3) for each text, with Go's types. */
interface Answer {
  readonly yaml: string;
  readonly value?: unknown;
  readonly error?: string;
}
const answers: Answer[] = JSON.parse(readFileSync(join(import.meta.dirname, '../testdata/yaml-answers.json'), 'utf8'));

/** Texts that pitot parses differently, which does no harm: no configuration contains them. */
const different = new Map([
  ['a: |2\n   a', 'a block text that the file ends in without a line end has one all the same'],
  ['a: |\n  x\n  y\nb: >\n c', 'the same'],
  ['a: [\n1,\n2\n]\n', 'elements at the very margin are refused; closing brackets may stand there'],
]);

/** A value in the notation of the answers. */
function written(value: unknown): unknown {
  if (value === null || typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(written);
  if (isRawMap(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, written(item)]));
  if (value instanceof Date) return '<time.Time>';
  const number = value instanceof GoFloat ? value.value : value;
  const isFloat = value instanceof GoFloat || (typeof number === 'number' && !Number.isFinite(number));
  return `<${isFloat ? 'float64' : goTypeOf(value)} ${Object.is(number, -0) ? '-0' : number}>`;
}

/** Go's number texts, where they differ from JavaScript's. */
function comparable(value: unknown): unknown {
  if (typeof value === 'string') {
    if (value.startsWith('<time.Time')) return '<time.Time>';
    const float = /^<float64 (.*)>$/.exec(value)?.[1];
    return float === undefined ? value : `<float64 ${Number(float.replace(/Inf(inity)?/, 'Infinity'))}>`;
  }
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, comparable(item)]));
}

const same = answers.filter(({ yaml }) => !different.has(yaml));

describe('parses a text like the Collector', () => {
  test.each(same.filter(({ error }) => error === undefined))('$yaml', ({ yaml, value }) => {
    expect(comparable(written(parseYaml(yaml).value))).toEqual(comparable(value));
  });
});

describe('a text that the collector refuses is refused', () => {
  test.each(same.filter(({ error }) => error !== undefined))('$yaml', ({ yaml }) => {
    expect(() => parseYaml(yaml)).toThrow(YamlError);
  });
});

test('most refusals have the collector’s very words', () => {
  const refusals = same.filter(({ error }) => error !== undefined);
  const equal = refusals.filter(({ yaml, error }) => {
    try {
      parseYaml(yaml);
      return false;
    } catch (problem) {
      return (problem as Error).message === error;
    }
  });
  expect(equal.length).toBeGreaterThanOrEqual(refusals.length - 14);
});

test('every key has its position, below keys with :: too', () => {
  const { positions } = parseYaml('a:\n  b::c: 1\n  d: [x, {e: 2}]\n');
  expect(positions.at(['a', 'b', 'c'])).toEqual({ line: 2, column: 3 });
  expect(positions.at(['a', 'd', '1', 'e'])).toEqual({ line: 3, column: 11 });
  expect(positions.nearest(['a', 'd', 'nope'])).toEqual({ position: { line: 3, column: 3 }, path: ['a', 'd'] });
});

test('aliases that multiply a small text are refused quickly', () => {
  const letters = [...'abcdefghij'];
  const lines = letters.map((letter, index) => {
    const items = index === 0 ? '"x"' : `*${letters[index - 1]}`;
    return `${letter}: &${letter} [${Array(10).fill(items).join(',')}]`;
  });
  expect(() => parseYaml(lines.join('\n'))).toThrow('yaml: document contains excessive aliasing');
});

test('no text makes it throw anything but a YamlError', () => {
  const pieces = fc.constantFrom(...'abc:-[]{}#&*!|>\'"%@`,?\n \t~<$0123.', '\n  ', ': ', '- ', '<<', '::');
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      try {
        parseYaml(parts.join(''));
      } catch (error) {
        expect(error).toBeInstanceOf(YamlError);
      }
    }),
    { numRuns: 2000 },
  );
});
