import fc from 'fast-check';
import { expect, test } from 'vitest';
import { attributes, counter, gauge, number, resource, scope, sum } from '../../test/support/pdata.ts';
import type { AnyValue } from './attributes.ts';
import { attributesIdentity, streamIdentity } from './stream-identity.ts';

const value = fc.oneof(
  fc.string(),
  fc.boolean(),
  fc.bigInt({ min: -9n, max: 9n }),
  fc.integer({ min: -9, max: 9 }),
  fc.uint8Array({ maxLength: 3 }),
) as fc.Arbitrary<AnyValue>;
const entries = fc.uniqueArray(fc.tuple(fc.string(), value), { selector: ([key]) => key, maxLength: 5 });

test('attributes in another order are the same', () => {
  fc.assert(
    fc.property(entries, (pairs) => {
      expect(attributesIdentity(attributes(pairs.toReversed()))).toBe(attributesIdentity(attributes(pairs)));
    }),
  );
});

test('other keys, values and kinds of values are not', () => {
  const identities = [
    {},
    { a: '1' },
    { a: 1n },
    { a: 1 },
    { a: true },
    { a: 'true' },
    { b: '1' },
    { a: '1', b: '' },
    { a: undefined },
    { a: '' },
    { a: Uint8Array.of(1) },
    { a: { kind: 'array', values: [1n] } },
    { a: '[1]' },
    { a: 'x\udcff' },
    { a: 'xÿ' },
  ].map((values) => attributesIdentity(attributes(values as Record<string, AnyValue>)));
  expect(new Set(identities).size).toBe(identities.length);
});

test('a stream is resource, scope, name, unit, type, monotonicity, temporality and attributes', () => {
  const point = number(1n, { attributes: attributes({ k: 'v' }) });
  const base = {
    resource: resource({ r: '1' }),
    scope: scope('s', '1'),
    metric: counter({ name: 'm', unit: 's' }, point),
  };
  const identity = streamIdentity(point, base);
  const same = [
    streamIdentity({ ...point, startTimeUnixNano: 1n, timeUnixNano: 9n }, base),
    streamIdentity(number(2.5, { attributes: attributes({ k: 'v' }) }), base),
    streamIdentity(point, { ...base, metric: counter({ name: 'm', unit: 's', description: 'other' }, point) }),
    streamIdentity(structuredClone(point), structuredClone(base)),
  ];
  expect(new Set([identity, ...same]).size).toBe(1);
  const others = [
    streamIdentity(number(1n, { attributes: attributes({ k: 'w' }) }), base),
    streamIdentity(point, { ...base, resource: resource({ r: '2' }) }),
    streamIdentity(point, { ...base, scope: scope('t', '1') }),
    streamIdentity(point, { ...base, scope: scope('s', '2') }),
    streamIdentity(point, { ...base, scope: scope('s', '1', { a: 'b' }) }),
    streamIdentity(point, { ...base, metric: counter({ name: 'n', unit: 's' }, point) }),
    streamIdentity(point, { ...base, metric: counter({ name: 'm', unit: 'ms' }, point) }),
    streamIdentity(point, { ...base, metric: gauge({ name: 'm', unit: 's' }, point) }),
    streamIdentity(point, { ...base, metric: sum({ name: 'm', unit: 's' }, { isMonotonic: false }, point) }),
    streamIdentity(point, { ...base, metric: counter({ name: 'm', unit: 's', aggregationTemporality: 1 }, point) }),
  ];
  expect(new Set([identity, ...others]).size).toBe(others.length + 1);
});
