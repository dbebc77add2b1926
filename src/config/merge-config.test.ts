import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergeConfig, splitKeys } from './merge-config.ts';
import type { RawMap } from './raw-value.ts';

test('maps are merged, everything else is replaced', () => {
  const f = (earlier: RawMap, later: RawMap, want: RawMap) =>
    expect(mergeConfig(earlier, later, { appendLists: false })).toEqual(want);
  f({}, {}, {});
  f({ a: 1 }, { b: 2 }, { a: 1, b: 2 });
  f({ a: { b: 1, c: 2 } }, { a: { c: 3 } }, { a: { b: 1, c: 3 } });
  f({ a: [1, 2] }, { a: [3] }, { a: [3] });
  f({ a: { b: 1 } }, { a: null }, { a: null });
  f({ a: { b: 1 } }, { a: 'x' }, { a: 'x' });
  f({ a: null }, { a: { b: 1 } }, { a: { b: 1 } });
});

test('the gate appends to the component lists of service, without repeating', () => {
  const pipelines = (exporters: readonly string[], other: readonly number[] = [1]): RawMap => ({
    service: { extensions: exporters, pipelines: { metrics: { exporters } } },
    other,
  });
  expect(mergeConfig(pipelines(['a', 'b']), pipelines(['b', 'c'], [2]), { appendLists: true })).toEqual(
    pipelines(['a', 'b', 'c'], [2]),
  );
});

test('keys with colons are nested', () => {
  const f = (map: RawMap, want: RawMap) => expect(splitKeys(map)).toEqual(want);
  f({ 'a::b': 1 }, { a: { b: 1 } });
  f({ 'a::b': 1, 'a::c': 2 }, { a: { b: 1, c: 2 } });
  f({ a: { 'b::c': 1, b: { d: 2 } } }, { a: { b: { c: 1, d: 2 } } });
  f({ 'a::b': { 'c::d': 1 } }, { a: { b: { c: { d: 1 } } } });
});

test('accepts keys with the names of object properties', () => {
  const hostile = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"a": 1}}') as RawMap;
  const merged = mergeConfig(hostile, JSON.parse('{"__proto__": {"b": 2}}'), { appendLists: false });
  expect(Object.keys(merged)).toEqual(['__proto__', 'constructor']);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

/** Returns nested maps whose innermost values are created by `leaf`. */
function maps(leaf: fc.Arbitrary<RawMap | number | null>): fc.Arbitrary<RawMap> {
  const keys = fc.constantFrom('a', 'b', 'c');
  const below = fc.letrec<{ value: RawMap | number | null }>((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, leaf, fc.dictionary(keys, tie('value'), { maxKeys: 3, noNullPrototype: true })),
  })).value;
  return fc.dictionary(keys, below, { maxKeys: 3, noNullPrototype: true });
}

test('merging in a row is merging from either side', () => {
  // A map that meets something else in between is replaced, which later merging can't undo: only maps here.
  const value = maps(fc.constant({}));
  const merge = (a: RawMap, b: RawMap) => mergeConfig(a, b, { appendLists: false });
  fc.assert(
    fc.property(value, value, value, (a, b, c) => {
      expect(merge(merge(a, b), c)).toEqual(merge(a, merge(b, c)));
    }),
  );
});

test('later values take precedence, and merging the same map again changes nothing', () => {
  const value = maps(fc.oneof(fc.integer(), fc.constant(null)));
  fc.assert(
    fc.property(value, value, (a, b) => {
      const merged = mergeConfig(a, b, { appendLists: false });
      expect(mergeConfig(merged, b, { appendLists: false })).toEqual(merged);
      expect(merged).toMatchObject(b);
    }),
  );
});
