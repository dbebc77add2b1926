import { describe, expect, test } from 'vitest';
import type { AnyValue } from '#pdata/attributes.ts';
import { run } from '../../../test/support/ottl.ts';
import { attributes, number, resource } from '../../../test/support/pdata.ts';
import { compileStatement } from '../compile.ts';
import { OttlError, OttlParseError } from '../ottl-error.ts';

type Pairs = readonly (readonly [string, AnyValue])[];

/** The attributes of a point after statements. */
function edited(pairs: Pairs, ...statements: string[]): Pairs {
  const point = number(1n, { attributes: attributes(pairs) });
  return run('datapoint', { point }, ...statements).point!.attributes.entries.map(({ key, value }) => [key, value]);
}

const abc: Pairs = [
  ['a', '1'],
  ['b', '2'],
  ['c', '3'],
];
const keys = (pairs: Pairs) => pairs.map(([key]) => key).join('');

const refusal = (statement: string) => {
  expect(() => compileStatement(statement, { context: 'datapoint', processor: 'transform' })).toThrow(OttlParseError);
  return expect(() => compileStatement(statement, { context: 'datapoint', processor: 'transform' }));
};

describe('set', () => {
  test('replaces, adds at the end, makes the maps in between', () => {
    expect(edited(abc, 'set(attributes["b"], 5)')).toEqual([
      ['a', '1'],
      ['b', 5n],
      ['c', '3'],
    ]);
    expect(edited(abc, 'set(attributes["d"], attributes["a"])').at(-1)).toEqual(['d', '1']);
    expect(edited([], 'set(attributes["m"]["n"], true)')).toEqual([
      ['m', { kind: 'kvlist', entries: [{ key: 'n', value: true }] }],
    ]);
    expect(edited([['l', { kind: 'array', values: ['x', 'y'] }]], 'set(attributes["l"][1], 7)')).toEqual([
      ['l', { kind: 'array', values: ['x', 7n] }],
    ]);
  });

  test('stores nil as an empty value, and changes the first of equal keys', () => {
    expect(edited(abc, 'set(attributes["a"], attributes["missing"])')[0]).toEqual(['a', undefined]);
    expect(
      edited(
        [
          ['a', '1'],
          ['a', '2'],
        ],
        'set(attributes["a"], "x")',
      ),
    ).toEqual([
      ['a', 'x'],
      ['a', '2'],
    ]);
  });

  test('cannot index a value that is no map or list', () => {
    expect(() => edited(abc, 'set(attributes["a"]["x"], 1)')).toThrow(
      new OttlError('type Str does not support string indexing'),
    );
    expect(() => edited([['l', { kind: 'array', values: [] }]], 'set(attributes["l"][0], 1)')).toThrow(
      'index 0 out of bounds',
    );
    expect(() => edited(abc, 'set(attributes, 5)')).toThrow(
      'unsupported type provided for setting a pcommon.Map: int64',
    );
  });

  test('does not store a time in an attribute', () => {
    expect(() => edited([], 'set(attributes["a"], Now())')).toThrow('unsupported type time.Time for set operation');
  });
});

describe('keys', () => {
  test('delete_key puts the last entry in the place of the deleted one', () => {
    expect(keys(edited(abc, 'delete_key(attributes, "a")'))).toBe('cb');
    expect(keys(edited(abc, 'delete_key(attributes, "c")'))).toBe('ab');
    expect(keys(edited(abc, 'delete_key(attributes, "x")'))).toBe('abc');
  });

  test('the others keep the order', () => {
    expect(keys(edited(abc, 'delete_matching_keys(attributes, "^[ab]")'))).toBe('c');
    expect(keys(edited(abc, 'keep_keys(attributes, ["c", "a", "x"])'))).toBe('ac');
    expect(keys(edited(abc, 'keep_keys(attributes, [])'))).toBe('');
    expect(keys(edited(abc, 'keep_matching_keys(attributes, "[bc]")'))).toBe('bc');
  });

  test('limit keeps those with priority and the first of the others', () => {
    expect(keys(edited(abc, 'limit(attributes, 2, ["c"])'))).toBe('ac');
    expect(keys(edited(abc, 'limit(attributes, 3, [])'))).toBe('abc');
    expect(keys(edited(abc, 'limit(attributes, 0, [])'))).toBe('');
    refusal('limit(attributes, -1, [])').toThrow('must be an int');
    refusal('limit(attributes, 1, ["a", "b"])').toThrow('cannot be less than number of priority attributes 2');
    refusal('limit(attributes, "1", [])').toThrow('must be an int');
  });

  test('merge_maps inserts, updates or both', () => {
    const f = (strategy: string, result: Pairs) =>
      expect(edited(abc, `merge_maps(attributes, {"a": "x", "d": "y"}, "${strategy}")`)).toEqual(result);
    f('insert', [...abc, ['d', 'y']]);
    f('update', [['a', 'x'], ...abc.slice(1)]);
    f('upsert', [['a', 'x'], ...abc.slice(1), ['d', 'y']]);
    refusal('merge_maps(attributes, {}, "replace")').toThrow("must be 'insert', 'update' or 'upsert'");
    refusal('merge_maps(attributes, "x", "insert")').toThrow('expected pcommon.Map but got string');
    expect(() => edited(abc, 'merge_maps(attributes, attributes["a"], "insert")')).toThrow(
      'expected pcommon.Map but got string',
    );
  });
});

describe('texts', () => {
  test('truncate_all cuts at bytes, between characters, and leaves other kinds', () => {
    const pairs: Pairs = [
      ['a', 'häß'],
      ['b', 12345n],
      ['c', 'ab'],
      ['d', 'x\udcffyz'],
    ];
    expect(edited(pairs, 'truncate_all(attributes, 3)')).toEqual([
      ['a', 'hä'],
      ['b', 12345n],
      ['c', 'ab'],
      ['d', 'x\udcffy'],
    ]);
    expect(edited([['a', 'ä']], 'truncate_all(attributes, 1)')).toEqual([['a', '']]);
    expect(edited([['a', 'ä']], 'truncate_all(attributes, 0)')).toEqual([['a', '']]);
    refusal('truncate_all(attributes, -1)').toThrow('must be an int');
  });

  test('replace_pattern replaces every match, with groups as Go writes them', () => {
    const f = (value: string, statement: string, result: string) =>
      expect(edited([['a', value]], `replace_pattern(attributes["a"], ${statement})`)).toEqual([['a', result]]);
    f('task__12', '"__\\\\d+$", ""', 'task');
    f('a.b.c', '"\\\\.", "_"', 'a_b_c');
    f('hello world', '"(\\\\w+) (\\\\w+)", "$2 $1"', 'world hello');
    f('hello', '"(?P<first>h)", "${first}x"', 'hxello');
    f('hello', '"z", "y"', 'hello');
    f('price', '"price", "$$5"', '$5');
    expect(edited([['a', 5n]], 'replace_pattern(attributes["a"], "5", "6")')).toEqual([['a', 5n]]);
    refusal('replace_pattern(attributes["a"], "(", "")').toThrow('the regex pattern "(" is not a valid pattern');
    expect(edited(abc, 'replace_pattern(attributes["a"], attributes["a"], "x")')[0]).toEqual(['a', 'x']);
    refusal('replace_pattern("a", "b", "c")').toThrow('must be a path');
  });

  test('replace_all_patterns applies to keys or values', () => {
    const pairs: Pairs = [
      ['k.1', 'v.1'],
      ['k.2', 2n],
    ];
    expect(edited(pairs, 'replace_all_patterns(attributes, "key", "\\\\.", "_")')).toEqual([
      ['k_1', 'v.1'],
      ['k_2', 2n],
    ]);
    expect(edited(pairs, 'replace_all_patterns(attributes, "value", "v", "w")')).toEqual([
      ['k.1', 'w.1'],
      ['k.2', 2n],
    ]);
    refusal('replace_all_patterns(attributes, "both", "a", "b")').toThrow("must be either 'key' or 'value'");
  });

  test('replace_match and replace_all_matches match globs against the whole text', () => {
    const f = (glob: string, value: string, result: string) => {
      expect(edited([['a', value]], `replace_match(attributes["a"], "${glob}", "R")`)).toEqual([['a', result]]);
      expect(
        edited(
          [
            ['a', value],
            ['n', 1n],
          ],
          `replace_all_matches(attributes, "${glob}", "R")`,
        ),
      ).toEqual([
        ['a', result],
        ['n', 1n],
      ]);
    };
    f('/api/*', '/api/users/1', 'R');
    f('/api/*', '/apis', '/apis');
    f('*/1', '/api/users/1', 'R');
    f('api', 'api2', 'api2');
    f('a?c', 'abc', 'R');
    f('a?c', 'ac', 'ac');
    f('a*b', 'a\nb', 'R');
    f('a.c', 'abc', 'abc');
    f('(a|b)+$', '(a|b)+$', 'R');
    f('[ab]?', 'bx', 'R');
    f('[!ab]?', 'bx', 'bx');
    f('[a-c]*', 'box', 'R');
    f('{a,b?,c*}!', 'bx!', 'R');
    f('{a,b}', 'c', 'c');
    f('a\\\\*', 'a*', 'R');
    for (const glob of ['[ab', '{a,b', '[]', 'a\\\\']) {
      refusal(`replace_match(attributes["a"], "${glob}", "R")`).toThrow('is not a valid glob');
    }
  });
});

test('a map editor that changes nothing returns the same object', () => {
  const given = resource({ a: 'x' });
  const context = run('resource', { resource: given }, 'keep_keys(attributes, ["a"])', 'truncate_all(attributes, 100)');
  expect(context.resource.attributes.entries).toBe(given.attributes.entries);
});

test('every pattern, glob, and text takes linear time', () => {
  const long = `${'a'.repeat(50_000)}b`;
  expect(edited([['a', long]], 'replace_pattern(attributes["a"], "^(a+)+$", "x")')).toEqual([['a', long]]);
  expect(edited([['a', long]], `replace_match(attributes["a"], "${'*a'.repeat(20)}*c", "x")`)).toEqual([['a', long]]);
  expect(edited([['a', long]], `replace_match(attributes["a"], "${'*a'.repeat(20)}*b", "x")`)).toEqual([['a', 'x']]);
});

test('unknown editors and arguments, and editors of another context, are errors that say what exists', () => {
  refusal('sett(attributes["a"], 1)').toThrow(
    'unable to parse OTTL statement "sett(attributes[\\"a\\"], 1)": undefined function "sett"; the context datapoint has: append, clear,',
  );
  refusal('set(attributes["a"])').toThrow(
    'error while parsing arguments for call to "set": incorrect number of arguments. Expected: 2 Received: 1; its parameters are (target, value)',
  );
  refusal('set(attributes["a"], 1, 2)').toThrow('Expected: 2 Received: 3');
  refusal('set(attributes["a"], worth=1)').toThrow('no such parameter: worth');
  expect(edited([], 'set(value=1, target=attributes["a"])')).toEqual([['a', 1n]]);
  refusal('convert_sum_to_gauge()').toThrow(
    'undefined function "convert_sum_to_gauge": it exists only in the context metric',
  );
  refusal('set(attributes["a"], HasAttrOnDatapoint("a", "b"))').toThrow(
    'it exists only in the context metric of the filter processor',
  );
  refusal('set(attributes["a"], Base64Decode("eA=="))').toThrow(
    'undefined function "Base64Decode": the Collector removed it; write Decode(target, "base64")',
  );
  refusal('set(attributes["a"], Filter(attributes["l"], 1))').toThrow('function "Filter" is experimental');
  refusal('__proto__()').toThrow('unexpected token');
  refusal('constructor()').toThrow('undefined function "constructor"');
});

test('a statement runs only where its condition holds', () => {
  expect(edited(abc, 'set(attributes["a"], "x") where attributes["b"] == "2"')[0]).toEqual(['a', 'x']);
  expect(edited(abc, 'set(attributes["a"], "x") where attributes["b"] == "3"')).toEqual(abc);
});
