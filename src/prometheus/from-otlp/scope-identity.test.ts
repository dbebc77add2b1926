import { expect, test } from 'vitest';
import type { AnyValue } from '#pdata/attributes.ts';
import { scope } from '../../../test/support/pdata.ts';
import { LabelNamer } from '../naming/label-namer.ts';
import { identifyScope } from './scope-identity.ts';

const namer = new LabelNamer('UnderscoreEscapingWithSuffixes');
const identify = (values: Record<string, AnyValue> = {}, schemaUrl = 'u') =>
  identifyScope(scope('s', '1', values), schemaUrl, (key) => namer.name(key));
const labels = (identity: ReturnType<typeof identify>) =>
  Object.fromEntries(identity.labelNames.map((name, index) => [name, identity.labelValues[index]]));

test('a scope has labels for its name, version, schema and attributes', () => {
  expect(labels(identify({ 'a.b': 5n }))).toEqual({
    otel_scope_name: 's',
    otel_scope_version: '1',
    otel_scope_schema_url: 'u',
    otel_scope_a_b: '5',
  });
});

test('or none at all', () => {
  expect(identifyScope(scope('s', '1', { a: '\udcff' }), 'u', undefined)).toMatchObject({
    labelNames: [],
    labelValues: [],
    isValid: true,
  });
});

test('attributes with the names of scope fields are part of the identity, but not labels', () => {
  const identity = identify({ name: 'x', version: 'y', schema_url: 'z' });
  expect(labels(identity)).toEqual({ otel_scope_name: 's', otel_scope_version: '1', otel_scope_schema_url: 'u' });
  expect(identity.key).not.toBe(identify().key);
});

test('attributes that become one label are joined, in the order of their keys', () => {
  expect(labels(identify({ a_b: '2', 'a.b': '1' })).otel_scope_a_b).toBe(
    labels(identify({ 'a.b': '1', a_b: '2' })).otel_scope_a_b,
  );
});

test('the order of attributes does not matter, all else does', () => {
  expect(identify({ a: '1', b: '2' }).key).toBe(identify({ b: '2', a: '1' }).key);
  const keys = [
    identify(),
    identify({ a: '1' }),
    identify({ a: '2' }),
    identify({}, 'v'),
    identifyScope(scope('t', '1'), 'u', undefined),
    identifyScope(scope('s', '2'), 'u', undefined),
  ].map(({ key }) => key);
  expect(new Set(keys).size).toBe(keys.length);
});

test('what is no UTF-8 can not be shown', () => {
  expect(identify({ a: 'x\udcff' }).isValid).toBe(false);
  expect(identify({ name: 'x\udcff' }).isValid).toBe(true);
  expect(identify({}, '\udcff').isValid).toBe(false);
});
