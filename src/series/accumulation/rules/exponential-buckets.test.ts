import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addInto,
  coarserBuckets,
  coarserIndex,
  fitInto,
  grownBuckets,
  joinedBuckets,
  populatedRange,
  stepsToFit,
} from './exponential-buckets.ts';

const buckets = fc.record({
  offset: fc.integer({ min: -500, max: 500 }),
  bucketCounts: fc.array(fc.nat(5), { maxLength: 30 }),
});
type Buckets = typeof buckets extends fc.Arbitrary<infer T> ? T : never;

/** Populated buckets by index. */
function byIndex({ offset, bucketCounts }: { offset: number; bucketCounts: readonly number[] }) {
  return new Map(bucketCounts.map((count, i) => [offset + i, count] as const).filter(([, count]) => count > 0));
}

test('an index becomes coarser by halves, rounded down', () => {
  expect([-3, -2, -1, 0, 1, 2].map((index) => coarserIndex(index, 1))).toEqual([-2, -1, -1, 0, 0, 1]);
  expect(coarserIndex(-1, 100)).toBe(-1);
});

test('coarser buckets have the same counts, in one or several steps', () => {
  fc.assert(
    fc.property(buckets, fc.nat(4), fc.nat(4), (given, a, b) => {
      const expected = new Map<number, number>();
      for (const [index, count] of byIndex(given)) {
        const coarser = coarserIndex(index, a + b);
        expected.set(coarser, (expected.get(coarser) ?? 0) + count);
      }
      expect(byIndex(coarserBuckets(given, a + b))).toEqual(expected);
      expect(byIndex(coarserBuckets(coarserBuckets(given, a), b))).toEqual(expected);
    }),
  );
});

test('growth and sum are each other’s reverse', () => {
  fc.assert(
    fc.property(buckets, buckets, (known, growth) => {
      const grown = grownBuckets(joinedBuckets(known, growth), known);
      expect(grown && byIndex(grown)).toEqual(byIndex(growth));
    }),
  );
});

test('buckets that fit are added in place with the same result', () => {
  const wide = fc.record({
    offset: fc.integer({ min: -3, max: 0 }),
    bucketCounts: fc.array(fc.nat(5), { minLength: 20, maxLength: 30 }),
  });
  const narrow = fc.record({
    offset: fc.integer({ min: -9, max: 9 }),
    bucketCounts: fc.array(fc.nat(5), { maxLength: 9 }),
  });
  fc.assert(
    fc.property(wide, narrow, fc.nat(3), (own, added, steps) => {
      const joined = byIndex(joinedBuckets(own, coarserBuckets(added, steps)));
      const indices = [...byIndex(coarserBuckets(added, steps)).keys()];
      const doFit = indices.every((index) => index >= own.offset && index < own.offset + own.bucketCounts.length);
      expect(fitInto(own, added, steps)).toBe(doFit);
      if (!doFit) return;
      addInto(own, added, steps);
      expect(byIndex(own)).toEqual(joined);
    }),
  );
});

test('what fell has not grown', () => {
  expect(grownBuckets({ offset: 0, bucketCounts: [1, 1] }, { offset: 0, bucketCounts: [2, 0] })).toBeUndefined();
  expect(grownBuckets({ offset: 0, bucketCounts: [1] }, { offset: 5, bucketCounts: [1] })).toBeUndefined();
  expect(grownBuckets({ offset: 0, bucketCounts: [1] }, { offset: 5, bucketCounts: [0] })).toEqual({
    offset: 0,
    bucketCounts: [1],
  });
});

test('empty ends do not count as range', () => {
  expect(populatedRange({ offset: 3, bucketCounts: [0, 1, 0, 2, 0] })).toEqual({ low: 4, high: 6 });
  expect(populatedRange({ offset: 3, bucketCounts: [0, 0] })).toBeUndefined();
});

test('steps to fit are enough, and one less is not', () => {
  const span = (a: Buckets, b: Buckets, steps: number) => {
    const indices = [...byIndex(coarserBuckets(a, steps)).keys(), ...byIndex(coarserBuckets(b, steps)).keys()];
    return indices.length === 0 ? 0 : Math.max(...indices) - Math.min(...indices) + 1;
  };
  fc.assert(
    fc.property(buckets, buckets, fc.integer({ min: 2, max: 40 }), (a, b, limit) => {
      const steps = stepsToFit(a, b, limit);
      expect(span(a, b, steps)).toBeLessThanOrEqual(limit);
      if (steps > 0) expect(span(a, b, steps - 1)).toBeGreaterThan(limit);
    }),
  );
});
