import fc from 'fast-check';
import { expect, test } from 'vitest';
import { added, downscaled, neededDownscale } from './exponential-buckets.ts';
import type { Buckets } from './metrics.ts';

const buckets = (offset: number, ...bucketCounts: number[]): Buckets => ({ offset, bucketCounts });

/** Counts by index. */
function counts({ offset, bucketCounts }: Buckets): Map<number, number> {
  return new Map(bucketCounts.flatMap((count, index) => (count === 0 ? [] : [[offset + index, count]])));
}

test('a coarser scale merges neighbors, including negative indexes', () => {
  const f = (given: Buckets, by: number, result: Buckets) => expect(downscaled(given, by)).toEqual(result);
  f(buckets(0, 1, 2, 3), 0, buckets(0, 1, 2, 3));
  f(buckets(0, 1, 2, 3), 1, buckets(0, 3, 3));
  f(buckets(1, 1, 2, 3), 1, buckets(0, 1, 5));
  f(buckets(-3, 1, 2, 3), 1, buckets(-2, 1, 5));
  f(buckets(-1, 7), 60, buckets(-1, 7));
  f(buckets(-1, 7), 5000, buckets(-1, 7));
  f(buckets(5), 3, buckets(5));
  f(buckets(2 ** 31 - 2, 1, 1), 31, buckets(0, 2));
  f(buckets(-(2 ** 31), 1, 1), 31, buckets(-1, 2));
});

test('adds buckets by index', () => {
  expect(added(buckets(0, 1, 2), buckets(3, 5))).toEqual(buckets(0, 1, 2, 0, 5));
  expect(added(buckets(4, 1), buckets(3, 5))).toEqual(buckets(3, 5, 1));
  expect(added(buckets(7), buckets(3, 5))).toEqual(buckets(3, 5));
  expect(added(buckets(3, 5), buckets(7))).toEqual(buckets(3, 5));
});

const some = fc.record({
  offset: fc.integer({ min: -300, max: 300 }),
  bucketCounts: fc.array(fc.nat(5), { maxLength: 30 }),
});

test('preserves every count, at the bucket of its index', () => {
  fc.assert(
    fc.property(some, some, fc.nat(12), (a, b, by) => {
      const expected = new Map<number, number>();
      for (const [index, count] of [...counts(a), ...counts(b)]) {
        const coarse = Math.floor(index / 2 ** by);
        expected.set(coarse, (expected.get(coarse) ?? 0) + count);
      }
      expect(counts(added(downscaled(a, by), downscaled(b, by)))).toEqual(expected);
    }),
  );
});

test('scaling twice is scaling by the sum', () => {
  fc.assert(
    fc.property(some, fc.nat(6), fc.nat(6), (given, first, second) => {
      expect(counts(downscaled(downscaled(given, first), second))).toEqual(counts(downscaled(given, first + second)));
    }),
  );
});

test('the sum fits after the needed downscale and not after less, however far the two are apart', () => {
  const anywhere = fc.record({
    offset: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
    bucketCounts: fc.array(fc.nat(5), { maxLength: 30 }),
  });
  fc.assert(
    fc.property(anywhere, anywhere, fc.integer({ min: 2, max: 160 }), (a, b, most) => {
      const by = neededDownscale(a, b, most);
      expect(added(downscaled(a, by), downscaled(b, by)).bucketCounts.length).toBeLessThanOrEqual(most);
      const isWide = a.bucketCounts.length > 0 && b.bucketCounts.length > 0 && by > 0 && by < 20;
      if (isWide) {
        expect(added(downscaled(a, by - 1), downscaled(b, by - 1)).bucketCounts.length).toBeGreaterThan(most);
      }
    }),
  );
});
