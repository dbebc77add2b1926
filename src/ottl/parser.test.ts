import { describe, expect, test } from 'vitest';
import { OttlParseError } from './ottl-error.ts';
import { parseCondition, parseStatement } from './parser.ts';

const path = (...segments: (string | [string, ...(string | bigint)[]])[]) => ({
  kind: 'path',
  segments: segments.map((segment) => {
    const [name, ...keys] = typeof segment === 'string' ? [segment] : segment;
    return { name, keys };
  }),
});
const literal = (value: unknown) => ({ kind: 'literal', value });

describe('conditions', () => {
  const left = (text: string) => (parseCondition(`${text} == 1`) as { left: unknown }).left;

  test('or binds less than and, and less than not', () => {
    expect(parseCondition('true or not false and true')).toEqual({
      kind: 'or',
      parts: [
        { kind: 'constant', value: true },
        {
          kind: 'and',
          parts: [
            { kind: 'not', condition: { kind: 'constant', value: false } },
            { kind: 'constant', value: true },
          ],
        },
      ],
    });
  });

  test('products bind more than sums, both from the left', () => {
    expect(left('1 - 2 - 3 * 4')).toEqual({
      kind: 'math',
      operator: '-',
      left: { kind: 'math', operator: '-', left: literal(1n), right: literal(2n) },
      right: { kind: 'math', operator: '*', left: literal(3n), right: literal(4n) },
    });
  });

  test('a parenthesis holds a condition or a number', () => {
    expect(left('(1 + 2) * 3')).toMatchObject({ operator: '*', left: { operator: '+' } });
    expect(parseCondition('(true or false) and true')).toMatchObject({ kind: 'and', parts: [{ kind: 'or' }, {}] });
    expect(parseCondition('((1)) == (1)')).toMatchObject({ kind: 'compare', left: literal(1n), right: literal(1n) });
  });

  test('paths have names and keys, which may be computed', () => {
    expect(left('a[b]')).toMatchObject({ segments: [{ name: 'a', keys: [path('b')] }] });
    expect(left('name')).toMatchObject(path('name'));
    expect(left('resource.attributes["a b"]["c"][0]')).toMatchObject(path('resource', ['attributes', 'a b', 'c', 0n]));
  });

  test('literals of every kind', () => {
    const f = (text: string, value: unknown) => expect(left(text)).toEqual(literal(value));
    f('nil', undefined);
    f('true', true);
    f('.5', 0.5);
    f('5.', 5);
    f('1.5e-3', 0.0015);
    f('9223372036854775807', 2n ** 63n - 1n);
    f('"a\\"\\\\\\n\\x41\\u00e9\\101"', 'a"\\\nAéA');
    f('"\\xff"', '\udcff');
    f('0x01fF', Buffer.of(1, 255));
    for (const [text, value] of [
      ['-5', -5n],
      ['+5', 5n],
      ['-1.5e-3', -0.0015],
    ] as const) {
      expect(left(text)).toEqual({ ...literal(value), isSigned: true });
    }
    expect(left('[1, "a"]')).toEqual({ kind: 'list', items: [literal(1n), literal('a')] });
    expect(left('{"k": 1}')).toEqual({ kind: 'map', entries: [{ key: 'k', value: literal(1n) }] });
    expect(left('METRIC_DATA_TYPE_SUM')).toMatchObject({ kind: 'enum', name: 'METRIC_DATA_TYPE_SUM' });
  });

  test('converters have arguments by position and by name, and a result that can be indexed', () => {
    expect(left('Split(target="a", ",")[0]')).toMatchObject({
      kind: 'call',
      name: 'Split',
      args: [
        { name: 'target', value: literal('a') },
        { name: undefined, value: literal(',') },
      ],
      keys: [0n],
    });
  });
});

describe('statements', () => {
  test('are an editor and a condition', () => {
    expect(parseStatement('set(attributes["a"], 1) where name == "x"')).toMatchObject({
      editor: { name: 'set', args: [{ value: path(['attributes', 'a']) }, { value: literal(1n) }] },
      where: { kind: 'compare' },
    });
    expect(parseStatement('convert_sum_to_gauge()').where).toBeUndefined();
  });

  test.each([
    ['', '1:1: unexpected end (expected an editor such as set(…))'],
    ['Set(a, 1)', '1:1: unexpected token "Set" (expected an editor (its name begins with a lower-case letter))'],
    ['set', '1:4: unexpected end (expected "(")'],
    ['set(a, 1', '1:9: unexpected end (expected ")")'],
    ['set(a 1)', '1:7: unexpected token "1" (expected ")")'],
    ['set(a, 1) when true', '1:11: unexpected token "when" (expected nothing more)'],
    ['set(a, 1) where', '1:16: unexpected end (expected a value)'],
    [
      'set(a, set(b, 1))',
      '1:8: unexpected token "set" (expected a converter (its name begins with an upper-case letter))',
    ],
  ])('%j is refused', (text, message) => {
    expect(() => parseStatement(text)).toThrow(new OttlParseError(message));
  });
});

test.each([
  ['name', '1:5: unexpected end (expected a comparison (==, !=, <, <=, >, >=))'],
  ['name = "x"', '1:6: unexpected token "=" (expected a comparison (==, !=, <, <=, >, >=))'],
  ['name == "x', '1:9: invalid input text "\\"x"'],
  ["name == 'x'", '1:9: invalid input text "\'x\'"'],
  ['"\\d" == "x"', '1:1: invalid quoted string "\\"\\\\d\\"": invalid syntax'],
  ['0x123 == 0x12', '1:1: unexpected token "0x123" (expected an even number of hexadecimal digits)'],
  [
    '9223372036854775808 == 1',
    '1:1: unexpected token "9223372036854775808" (expected a whole number up to 9223372036854775807)',
  ],
  ['"a" + 1 == 2', '1:5: unexpected token "+" (expected an operand that is a number, a path or a converter)'],
  ['1 + nil == 2', '1:9: unexpected token "==" (expected an operand that is a number, a path or a converter)'],
  ['1e3 == 1', '1:2: unexpected token "e3" (expected a comparison (==, !=, <, <=, >, >=))'],
  ['a.1 == 1', '1:2: unexpected token ".1" (expected a comparison (==, !=, <, <=, >, >=))'],
  ['a["b" == 1', '1:7: unexpected token "==" (expected "]")'],
  ['a[true] == 1', '1:7: unexpected token "]" (expected an operand that is a number, a path or a converter)'],
  ['--1 == 1', '1:2: unexpected token "-" (expected a value without a second sign)'],
  ['true and', '1:9: unexpected end (expected a value)'],
  ['true true', '1:6: unexpected token "true" (expected nothing more)'],
  ['(true', '1:6: unexpected end (expected ")")'],
])('the condition %j is refused', (text, message) => {
  expect(() => parseCondition(text)).toThrow(new OttlParseError(message));
});

test('limits nesting, and parses deep texts quickly', () => {
  const deep = (count: number) => `${'('.repeat(count)}1 == 1${')'.repeat(count)}`;
  expect(() => parseCondition(deep(90))).not.toThrow();
  for (const text of [deep(200), deep(100_000), `${'['.repeat(100_000)} == 1`, `${'A('.repeat(100_000)} == 1`]) {
    expect(() => parseCondition(text)).toThrow('nested more than 100 levels deep');
  }
  expect(() => parseCondition(`${'('.repeat(90)}1${')'.repeat(90)} == 1`)).not.toThrow();
  expect(() => parseCondition(`${'not '.repeat(100_000)}true`)).toThrow(OttlParseError);
});

test('long texts are read in linear time', () => {
  const many = Array.from({ length: 20_000 }, (_, index) => `attributes["k${index}"] == ${index}`).join(' or ');
  expect(parseCondition(many)).toMatchObject({ kind: 'or', parts: { length: 20_000 } });
  expect(() => parseCondition(`${'1'.repeat(1_000_000)} == 1`)).toThrow('expected a whole number');
  expect(parseCondition(`"${'\\x41'.repeat(200_000)}" == 1`)).toMatchObject({ left: literal('A'.repeat(200_000)) });
});
