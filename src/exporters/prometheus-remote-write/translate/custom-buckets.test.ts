import fc from 'fast-check';
import { expect, test } from 'vitest';
import { customBuckets } from './custom-buckets.ts';

/** Returns the count of each bucket, from spans and deltas. */
function decoded({ bounds, buckets }: NonNullable<ReturnType<typeof customBuckets>>): number[] {
  const counts = new Array<number>(bounds.length + 1).fill(0);
  let index = 0;
  let count = 0;
  let delta = 0;
  for (const { offset, length } of buckets.spans) {
    index += offset;
    for (let i = 0; i < length; i++) {
      count += buckets.deltas[delta++]!;
      counts[index++] = count;
    }
  }
  expect(delta).toBe(buckets.deltas.length);
  return counts;
}

test('every bucket keeps its count', () => {
  const counts = fc.array(fc.oneof(fc.constant(0), fc.nat(1000)), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(counts, (given) => {
      const bounds = given.slice(1).map((_, i) => i * 0.5);
      const total = given.reduce((sum, one) => sum + one, 0);
      const found = customBuckets(bounds, given, total)!;
      expect(found).toMatchObject({ bounds, count: total });
      expect(decoded(found)).toEqual(given);
    }),
  );
});

test('bounds that are not in order have no custom buckets', () => {
  expect(customBuckets([5, 2], [1, 2, 3], 6)).toBeUndefined();
  expect(customBuckets([Number.NaN], [1, 2], 3)).toBeUndefined();
});
