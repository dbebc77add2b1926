import { expect, test } from 'vitest';
import { noAttributes } from '#pdata/attributes.ts';
import type { Exemplar } from '#pdata/metrics.ts';
import { bucketExemplars, lastExemplar, prometheusExemplar } from './exemplar-view.ts';

const exemplar = (value: number | bigint | undefined, parts: Partial<Exemplar> = {}): Exemplar => ({
  filteredAttributes: noAttributes,
  timeUnixNano: 5n,
  spanId: '',
  traceId: '',
  value,
  ...parts,
});

test('ids of zeros are none, values are doubles, times are signed', () => {
  const given = exemplar(7n, { traceId: '0'.repeat(32), spanId: '00000000000000a1', timeUnixNano: 2n ** 64n - 1n });
  expect(prometheusExemplar(given)).toEqual({ traceId: '', spanId: '00000000000000a1', value: 7, timeUnixNano: -1n });
  expect(prometheusExemplar(exemplar(undefined)).value).toBe(0);
});

test('a counter shows the last one', () => {
  expect(lastExemplar([])).toBeUndefined();
  expect(lastExemplar([exemplar(1), exemplar(2)])!.value).toBe(2);
});

test('a histogram shows the last one of each bucket, bounds included, the rest at +Inf', () => {
  const values = (of: readonly Exemplar[], bounds: number[]) => bucketExemplars(of, bounds)?.map((each) => each?.value);
  expect(values([], [1, 2])).toBeUndefined();
  expect(
    values(
      [0.5, 1, 1.5, 9].map((value) => exemplar(value)),
      [1, 2, 3],
    ),
  ).toEqual([1, 1.5, undefined, 9]);
  expect(values([exemplar(Number.NaN)], [1])).toEqual([undefined, Number.NaN]);
  expect(values([exemplar(1)], [])).toEqual([1]);
});
