import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addToClassic, classicView, cumulated } from './classic-buckets.ts';

const none = { offset: 0, bucketCounts: [] as number[] };
const value = { scale: 0, zeroCount: 0, zeroThreshold: 0, positive: none, negative: none };

function counted(bounds: readonly number[], parts: Partial<typeof value>): number[] {
  const counts = bounds.map(() => 0);
  addToClassic(counts, bounds, { ...value, ...parts });
  return counts;
}

test('a bucket counts in the first bound that is not below its upper end', () => {
  // Scale 0: (1, 2], (2, 4], (4, 8].
  expect(counted([2, 3, 4, 7], { positive: { offset: 0, bucketCounts: [1, 10, 100] } })).toEqual([1, 0, 10, 0]);
});

test('whole powers of two are exact at every scale', () => {
  for (let scale = -2; scale <= 20; scale++) {
    // The bucket that ends at 8.
    const offset = 3 * 2 ** scale - 1;
    if (Number.isInteger(offset)) {
      expect(counted([7.999999, 8, 8.000001], { scale, positive: { offset, bucketCounts: [5] } })).toEqual([0, 5, 0]);
    }
  }
});

test('negative buckets end nearer to zero, zeros at the threshold', () => {
  // Scale 0, index 1: [-4, -2).
  const negative = { offset: 1, bucketCounts: [3] };
  expect(counted([-3, -2, 0, 1], { negative, zeroCount: 2, zeroThreshold: 0.5 })).toEqual([0, 3, 0, 2]);
});

test('nothing is counted below where it can be, and nothing is lost with a bound above all', () => {
  const bucketCounts = fc.array(fc.nat(9), { maxLength: 20 });
  const bounds = fc
    .uniqueArray(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 10 })
    .map((all) => [...all.sort((a, b) => a - b), 2 ** 1000]);
  fc.assert(
    fc.property(
      bounds,
      bucketCounts,
      fc.integer({ min: -20, max: 20 }),
      fc.integer({ min: 0, max: 4 }),
      (list, counts, offset, scale) => {
        const result = counted(list, { scale, positive: { offset, bucketCounts: counts } });
        expect(result.reduce((a, b) => a + b, 0)).toBe(counts.reduce((a, b) => a + b, 0));
        const below = cumulated(result);
        for (const [i, bound] of list.entries()) {
          const surely = counts.reduce(
            (sum, count, k) => sum + (2 ** ((offset + k + 1) / 2 ** scale) <= bound * (1 - 1e-12) ? count : 0),
            0,
          );
          const atMost = counts.reduce(
            (sum, count, k) => sum + (2 ** ((offset + k) / 2 ** scale) < bound ? count : 0),
            0,
          );
          expect(below[i]).toBeGreaterThanOrEqual(surely);
          expect(below[i]).toBeLessThanOrEqual(atMost);
        }
      },
    ),
  );
});

test('shows no classic buckets without bounds', () => {
  const shown = { ...value, count: 3, sum: 1, positive: { offset: 0, bucketCounts: [1, 2] } };
  expect(classicView(shown, [])).toBeUndefined();
  expect(classicView(shown, [1, 4])).toEqual({ upperBounds: [1, 4], cumulativeCounts: [0, 3] });
});
