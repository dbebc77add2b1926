import { expect, test } from 'vitest';
import {
  attributes,
  counter,
  exponential,
  histogram,
  resource,
  scope,
  sum,
} from '../../../../../test/support/pdata.ts';
import type { Metric } from '../../../../pdata/metrics.ts';
import type { SeriesIdentity } from '../policy.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { readIdentity, writeIdentity } from './identity-codec.ts';

function roundTrip(identity: SeriesIdentity, processAttributes: string[] = []): SeriesIdentity {
  const writer = new ByteWriter();
  writeIdentity(identity, new Set(processAttributes), writer);
  const reader = new ByteReader(writer.take());
  const read = readIdentity(reader);
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
])('%s comes back as it was', (_, metric) => {
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
  bytes[0] = 99;
  expect(() => readIdentity(new ByteReader(bytes))).toThrow('unknown data type');
});
