import { expect, test } from 'vitest';
import { LabelScheme } from '#prometheus/from-otlp/label-shape.ts';
import { attributes } from '../../test/support/pdata.ts';
import { LabelSetTable } from './label-set-table.ts';
import type { StoredSeries } from './stored-series.ts';

const scheme = new LabelScheme({ constants: ['job'], reserved: [], labelName: (key) => key });
const newTable = (job: string) => new LabelSetTable(scheme, [job]);

test('equal attributes have one label set, in any order and object', () => {
  const table = newTable('a');
  const labels = table.take(attributes({ x: '1', y: 2 }));
  expect([labels.names, labels.values]).toEqual([
    ['job', 'x', 'y'],
    ['a', '1', '2'],
  ]);
  expect(table.take(attributes({ y: 2, x: '1' }))).toBe(labels);
  expect(table.known(attributes({ x: '1', y: 3 }))).toBeUndefined();
});

test('attributes that two tables share have another label set in each', () => {
  const [first, second] = [newTable('a'), newTable('b')];
  const shared = attributes({ x: '1' });
  const [one, other] = [first.take(shared), second.take(shared)];
  expect(one).not.toBe(other);
  expect([first.known(shared), second.known(shared), first.known(shared)]).toEqual([one, other, one]);
});

test('a label set is known as long as a series has it', () => {
  const table = newTable('a');
  const given = attributes({ x: '1' });
  const labels = table.take(given);
  const seriesOf = (instrument: object) => ({ labels, instrument }) as unknown as StoredSeries;
  const [one, other] = [seriesOf({}), seriesOf({})];
  for (const series of [one, other]) table.take(given).series.add(series);
  table.release(one);
  expect(table.known(given)).toBe(labels);
  table.release(other);
  expect(table.known(given)).toBeUndefined();
  expect(table.size).toBe(0);
  expect(table.take(given)).not.toBe(labels);
});

test('attributes that are only looked up leave nothing behind', () => {
  const table = newTable('a');
  expect(table.known(attributes({ x: '1' }))).toBeUndefined();
  expect(table.size).toBe(0);
});

test('text that is not valid UTF-8 makes a label set that cannot be shown', () => {
  const table = newTable('a');
  expect(table.take(attributes({ x: '\udcff' })).isValid).toBe(false);
  expect(table.take(attributes({ x: 'é' })).isValid).toBe(true);
});
