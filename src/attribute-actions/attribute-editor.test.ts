import fc from 'fast-check';
import { expect, test } from 'vitest';
import { noClientContext } from '#component/consumer.ts';
import type { AnyValue, Attributes } from '#pdata/attributes.ts';
import type { ActionSettings } from './action.ts';
import { AttributeEditor } from './attribute-editor.ts';
import { compileActions } from './compile-actions.ts';
import { convertValue } from './convert-value.ts';

function editor(...actions: Partial<ActionSettings>[]): AttributeEditor {
  const nothing = { key: '', action: '', value: undefined, defaultValue: undefined, pattern: '', convertedType: '' };
  const full = actions.map((action) => ({ ...nothing, fromAttribute: '', fromContext: '', ...action }));
  return new AttributeEditor(compileActions(full));
}

function attributes(entries: Record<string, AnyValue>): Attributes {
  return { entries: Object.entries(entries).map(([key, value]) => ({ key, value })) };
}

test('what was edited once is the same object the next time', () => {
  const made = editor({ key: 'a', value: 'x', action: 'insert' });
  const given = attributes({ b: 'y' });
  const first = made.edit(given, noClientContext);
  expect(first.entries).toEqual([...given.entries, { key: 'a', value: 'x' }]);
  expect(made.edit(given, noClientContext)).toBe(first);
});

test('returns the same object if nothing changes', () => {
  const given = attributes({ a: 'y', n: 1n });
  const made = editor(
    { key: 'a', value: 'x', action: 'insert' },
    { key: 'a', value: 'y', action: 'update' },
    { key: 'n', convertedType: 'int', action: 'convert' },
    { key: 'zzz', action: 'delete' },
  );
  expect(made.edit(given, noClientContext)).toBe(given);
});

test('results that depend on the client are not mixed up', () => {
  const made = editor({ key: 'tenant', fromContext: 'x-tenant', action: 'upsert' });
  const given = attributes({});
  const tenantOf = (tenant: string) => {
    const context = { ...noClientContext, metadata: new Map([['x-tenant', [tenant, 'also']]]) };
    return made.edit(given, context).entries[0]?.value;
  };
  expect([tenantOf('a'), tenantOf('b'), tenantOf('a')]).toEqual(['a;also', 'b;also', 'a;also']);
  expect(made.edit(given, noClientContext)).toBe(given);
});

test('attributes of the authenticator', () => {
  const made = editor({ key: 'user', fromContext: 'auth.username', action: 'insert' });
  const context = { ...noClientContext, auth: new Map([['username', 'ann']]) };
  expect(made.edit(attributes({}), context)).toEqual(attributes({ user: 'ann' }));
});

test('a pattern that backtracks in other engines is linear in time', () => {
  const made = editor({ key: 'a', pattern: '^(?P<x>(?:a+)+)$', action: 'extract' });
  const given = attributes({ a: `${'a'.repeat(50_000)}b` });
  expect(made.edit(given, noClientContext)).toBe(given);
});

test('texts that are not UTF-8 keep their bytes', () => {
  const made = editor({ key: 'copy', fromAttribute: 'a', action: 'insert' });
  expect(made.edit(attributes({ a: 'x\udcff' }), noClientContext).entries[1]).toEqual({
    key: 'copy',
    value: 'x\udcff',
  });
});

test('hashing does not change keys, and editing never changes the input', () => {
  const value = fc.oneof(fc.string(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.double(), fc.boolean());
  const given = fc.array(fc.record({ key: fc.constantFrom('a', 'b', 'c', 'd'), value }));
  const made = editor({ pattern: '[ab]', action: 'hash' });
  fc.assert(
    fc.property(given, (entries) => {
      const before = structuredClone(entries);
      const edited = made.edit({ entries }, noClientContext);
      expect(entries).toEqual(before);
      expect(edited.entries.map(({ key }) => key)).toEqual(entries.map(({ key }) => key));
    }),
  );
});

/* Asked of Go's strconv. */
test.each<[string, number | string]>([
  ['1_000', 1000],
  ['1e5', 100000],
  ['+1.5', 1.5],
  ['.5', 0.5],
  ['5.', 5],
  ['1e999', '1e999'],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['+Infinity', Number.POSITIVE_INFINITY],
  ['NAN', Number.NaN],
  [' 1', ' 1'],
  ['1 ', '1 '],
  ['1e', '1e'],
  ['', ''],
  ['-.5e-3', -0.0005],
  ['infinit', 'infinit'],
  ['1__0', '1__0'],
  ['1e-400', 0],
])('the text %j as a double is %s', (text, double) => {
  expect(convertValue(text, 'double')).toBe(double);
});

test.each<[AnyValue, AnyValue]>([
  ['1_0', '1_0'],
  ['+5', 5n],
  ['-0', 0n],
  ['-', '-'],
  ['9223372036854775807', 9223372036854775807n],
  ['9223372036854775808', '9223372036854775808'],
  [2.9, 2n],
  [-2.9, -2n],
  [Number.NaN, -9223372036854775808n],
  [1e300, -9223372036854775808n],
])('%j as an int is %s', (value, int) => {
  expect(convertValue(value, 'int')).toBe(int);
});
