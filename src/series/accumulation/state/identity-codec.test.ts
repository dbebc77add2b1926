import { expect, test } from 'vitest';
import type { Metric } from '#pdata/metrics.ts';
import { attributes, counter, exponential, histogram, resource, scope, sum } from '../../../../test/support/pdata.ts';
import type { SeriesIdentity } from '../../policy.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { IdentityReader, writeIdentity } from './identity-codec.ts';

function roundTrip(identity: SeriesIdentity, processAttributes: string[] = []): SeriesIdentity {
  const writer = new ByteWriter();
  writeIdentity(identity, new Set(processAttributes), writer);
  const reader = new ByteReader(writer.take());
  const read = new IdentityReader().read(reader);
  expect(reader.isAtEnd).toBe(true);
  return read;
}

const identityOf = (metric: Metric): SeriesIdentity => ({
  resource: resource({ 'service.name': 'airflow', 'service.instance.id': 'x' }),
  scope: scope('s', '1', { k: true }),
  schemaUrl: 'https://example.org/schema',
  metric,
  attributes: attributes({
    text: 'ä\u{1f600}',
    empty: undefined,
    yes: true,
    negative: -(2n ** 63n),
    half: 0.5,
    bytes: Uint8Array.of(0, 255),
    list: { kind: 'array', values: ['a', 1n, undefined] },
    map: { kind: 'kvlist', entries: [{ key: 'k', value: Number.NaN }] },
  }),
});

test.each<[string, Metric]>([
  ['a counter', counter({ name: 'c', unit: 's', description: 'help' })],
  ['a level', sum('l', { isMonotonic: false })],
  ['a histogram', histogram('h')],
  ['an exponential histogram', exponential('e')],
])('%s is restored unchanged', (_, metric) => {
  expect(roundTrip(identityOf(metric))).toEqual(identityOf(metric));
});

test('process attributes are not written', () => {
  const { resource: read } = roundTrip(identityOf(counter('c')), ['service.instance.id']);
  expect(read.attributes).toEqual(attributes({ 'service.name': 'airflow' }));
});

test('a kind of value that is not known is an error', () => {
  const writer = new ByteWriter();
  writeIdentity(identityOf(counter('c')), new Set(), writer);
  const bytes = writer.take();
  // After the length.
  bytes[4] = 99;
  expect(() => new IdentityReader().read(new ByteReader(bytes))).toThrow('unknown data type');
});

test('identities of one source share its objects', () => {
  const writer = new ByteWriter();
  const identity = identityOf(counter('c'));
  writeIdentity(identity, new Set(), writer);
  writeIdentity({ ...identity, attributes: attributes({ other: 1 }) }, new Set(), writer);
  const reader = new ByteReader(writer.take());
  const identities = new IdentityReader();
  const [first, second] = [identities.read(reader), identities.read(reader)];
  expect(second.metric).toBe(first.metric);
  expect(second.resource).toBe(first.resource);
  expect(second.attributes).toEqual(attributes({ other: 1 }));
});
