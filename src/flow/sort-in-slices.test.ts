import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drained } from './slices.ts';
import { sortInSlices } from './sort-in-slices.ts';

const byKey = (a: readonly number[], b: readonly number[]) => a[0]! - b[0]!;

test('has the order of a stable sort, for any number of items', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 9_000 }), fc.integer({ min: 1, max: 50 }), (length, keys) => {
      const items = Array.from({ length }, (_, i) => [(i * 7919) % keys, i]);
      expect(drained(sortInSlices(items, byKey))).toEqual(items.toSorted(byKey));
    }),
    { numRuns: 30 },
  );
});

test('pauses after some thousand items', () => {
  const items = Array.from({ length: 20_000 }, (_, i) => [-i]);
  let pauses = 0;
  for (const sorting = sortInSlices(items, byKey); sorting.next().done !== true; ) pauses += 1;
  expect(pauses).toBeGreaterThan(20);
});
