import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { NativeBuckets } from '#prometheus/metric-family.ts';
import { nativeBuckets, nativeDefect, nativeZeroThreshold } from './native-histogram.ts';

/** Counts by Prometheus' index, as a reader of spans and deltas has them. */
function countsOf({ spans, deltas }: NativeBuckets): Map<number, number> {
  const counts = new Map<number, number>();
  let index = 0;
  let count = 0;
  let next = 0;
  for (const span of spans) {
    index += span.offset;
    for (let i = 0; i < span.length; i++, index++) {
      count += deltas[next++]!;
      if (count !== 0) counts.set(index, count);
    }
  }
  expect(next).toBe(deltas.length);
  return counts;
}

test('buckets are one span, an index further on than in OTLP', () => {
  expect(nativeBuckets({ offset: 0, bucketCounts: [1, 0, 3] }, 0)).toEqual({
    spans: [{ offset: 1, length: 3 }],
    deltas: [1, -1, 3],
  });
  expect(nativeBuckets({ offset: -5, bucketCounts: [2] }, 3)).toEqual({
    spans: [{ offset: -4, length: 1 }],
    deltas: [2],
  });
  expect(nativeBuckets({ offset: 7, bucketCounts: [] }, 0)).toEqual({ spans: [], deltas: [] });
});

test('reduces scales above 8 to 8, with every count at the bucket of its index', () => {
  const buckets = fc.record({
    offset: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 40 }),
    bucketCounts: fc.array(fc.nat(9), { maxLength: 30 }),
  });
  fc.assert(
    fc.property(buckets, fc.integer({ min: -4, max: 30 }), (given, scale) => {
      const by = Math.max(scale - 8, 0);
      const expected = new Map<number, number>();
      for (const [i, count] of given.bucketCounts.entries()) {
        const index = Math.floor((given.offset + i) / 2 ** by) + 1;
        if (count !== 0) expected.set(index, (expected.get(index) ?? 0) + count);
      }
      expect(countsOf(nativeBuckets(given, scale))).toEqual(expected);
    }),
  );
});

test('reports the reason why Prometheus would refuse a histogram', () => {
  const none = { offset: 0, bucketCounts: [] };
  const good = {
    scale: 0,
    count: 6,
    sum: 1,
    zeroCount: 1,
    positive: { offset: 0, bucketCounts: [2, 2] },
    negative: { offset: 0, bucketCounts: [1] },
  };
  expect(nativeDefect(good)).toBeUndefined();
  expect(nativeDefect({ ...good, scale: -4 })).toBeUndefined();
  expect(nativeDefect({ ...good, scale: -5 })).toBe('unsupported_scale');
  expect(nativeDefect({ ...good, scale: 2 ** 31 - 1 })).toBeUndefined();
  expect(nativeDefect({ ...good, count: 7 })).toBe('bucket_sum_mismatch');
  expect(nativeDefect({ ...good, count: 5 })).toBe('bucket_sum_mismatch');
  // Observations of NaN are counted and in no bucket.
  expect(nativeDefect({ ...good, count: 7, sum: Number.NaN })).toBeUndefined();
  expect(nativeDefect({ ...good, count: 5, sum: Number.NaN })).toBe('bucket_sum_mismatch');
  expect(nativeDefect({ scale: 0, count: 0, sum: 0, zeroCount: 0, positive: none, negative: none })).toBeUndefined();
});

test('a zero threshold of 0 is the smallest one', () => {
  expect(nativeZeroThreshold(0)).toBe(1e-128);
  expect(nativeZeroThreshold(0.5)).toBe(0.5);
});
