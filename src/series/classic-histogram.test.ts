import fc from 'fast-check';
import { expect, test } from 'vitest';
import { classicBuckets } from './classic-histogram.ts';

/* The unusual cases were compared with the Collector (docs/reference/collector-behaviour.md#classic-histograms). */
test.each<[string, number[], number[], number[], number[]]>([
  ['ordinary bounds', [1, 2], [5, 0, 3], [1, 2], [5, 5]],
  ['no bounds', [], [7], [], []],
  ['buckets that are missing', [1, 2, 3], [4], [1, 2, 3], [4, 4, 4]],
  ['buckets that are too many', [1], [4, 5, 6, 7], [1], [4]],
  ['bounds that fall', [2, 1], [5, 3, 1], [1, 2], [3, 8]],
  ['a bound twice', [1, 1, 2], [5, 3, 1], [1, 2], [5, 6]],
  ['both zeros', [0, -0, 1], [5, 3, 1], [0, 1], [5, 6]],
  ['infinity as a bound', [1, Number.POSITIVE_INFINITY], [5, 3, 9], [1, Number.POSITIVE_INFINITY], [5, 8]],
  ['a bound that is no number', [1, Number.NaN], [5, 3, 9], [Number.NaN, 1], [5, 10]],
])('%s', (_, bounds, counts, upperBounds, cumulativeCounts) => {
  expect(classicBuckets(bounds, counts)).toEqual({ upperBounds, cumulativeCounts });
});

test('bounds ascend, counts never fall', () => {
  const bounds = fc.array(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double()), { maxLength: 8 });
  fc.assert(
    fc.property(bounds, fc.array(fc.nat(9), { maxLength: 10 }), (given, counts) => {
      const { upperBounds, cumulativeCounts } = classicBuckets(given, counts);
      expect(cumulativeCounts.length).toBe(upperBounds.length);
      const real = upperBounds.filter((bound) => !Number.isNaN(bound));
      expect(real).toEqual(
        [...new Set(given.filter((bound) => !Number.isNaN(bound)).map((bound) => bound + 0))]
          .sort((a, b) => a - b)
          .map((bound) => real.find((other) => other === bound)),
      );
      for (let i = 1; i < cumulativeCounts.length; i++)
        expect(cumulativeCounts[i]! >= cumulativeCounts[i - 1]!).toBe(true);
    }),
  );
});
