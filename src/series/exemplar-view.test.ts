import fc from 'fast-check';
import { expect, test } from 'vitest';
import { noAttributes } from '#pdata/attributes.ts';
import type { Exemplar } from '#pdata/metrics.ts';
import { bucketExemplars, keptExemplars, lastExemplar, prometheusExemplar } from './exemplar-view.ts';

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

test('kept exemplars show the same as all exemplars, even with fewer bounds', () => {
  const value = fc.oneof(fc.integer({ min: -2, max: 12 }), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY));
  const bounds = fc
    .uniqueArray(fc.integer({ min: 0, max: 10 }), { maxLength: 8 })
    .map((all) => all.toSorted((a, b) => a - b));
  fc.assert(
    fc.property(fc.array(value, { minLength: 65, maxLength: 90 }), bounds, fc.boolean(), (values, all, hasNaN) => {
      const upperBounds = hasNaN ? [Number.NaN, ...all] : all;
      const given = values.map((one) => exemplar(one));
      const kept = keptExemplars(given, { upperBounds });
      expect(kept.length).toBeLessThanOrEqual(upperBounds.length + 1);
      for (const shown of [upperBounds, upperBounds.filter((_, i) => i % 2 === 0)]) {
        expect(bucketExemplars(kept, shown)).toEqual(bucketExemplars(given, shown));
      }
    }),
  );
});

test('ten thousand exemplars in ten thousand buckets are found without going through all bounds', () => {
  const bounds = Array.from({ length: 10_000 }, (_, i) => i);
  const shown = bucketExemplars(
    bounds.map((bound) => exemplar(bound)),
    bounds,
  );
  expect(shown?.slice(0, -1).map((each) => each?.value)).toEqual(bounds);
});
