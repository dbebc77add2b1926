import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundedCounts, projected, sharedBounds } from './shared-bounds.ts';

describe('boundedCounts', () => {
  test.each([
    ['as it should be', [1, 2], [1, 2, 3], { bounds: [1, 2], counts: [1, 2, 3] }],
    ['with +Inf as a bound', [1, Number.POSITIVE_INFINITY], [1, 2, 3], { bounds: [1], counts: [1, 5] }],
    ['with too few counts', [1, 2], [1], { bounds: [1, 2], counts: [1, 0, 0] }],
    ['with too many counts', [1], [1, 2, 3], { bounds: [1], counts: [1, 5] }],
    ['out of order', [2, 1], [1, 2, 3], { bounds: [], counts: [6] }],
    ['twice the same', [1, 1], [1, 2, 3], { bounds: [], counts: [6] }],
    ['NaN', [Number.NaN], [1, 2], { bounds: [], counts: [3] }],
    ['nothing', [], [], { bounds: [], counts: [0] }],
  ])('%s', (_, bounds, counts, expected) => {
    expect(boundedCounts(bounds, counts)).toEqual(expected);
  });
});

test('shared bounds are the same array while none is lost', () => {
  const known = [1, 2, 3];
  expect(sharedBounds(known, [0, 1, 2, 3])).toBe(known);
  expect(sharedBounds(known, [1, 3, 4])).toEqual([1, 3]);
});

test('projecting keeps what lies at or below each bound that remains', () => {
  const histogram = fc
    .uniqueArray(fc.integer({ min: -50, max: 50 }), { maxLength: 12 })
    .map((bounds) => bounds.sort((a, b) => a - b))
    .chain((bounds) =>
      fc.tuple(
        fc.constant(bounds),
        fc.array(fc.nat(9), { minLength: bounds.length + 1, maxLength: bounds.length + 1 }),
        fc.subarray(bounds),
      ),
    );
  fc.assert(
    fc.property(histogram, ([bounds, counts, kept]) => {
      const below = (list: readonly number[], values: readonly number[], bound: number) =>
        values.slice(0, list.indexOf(bound) + 1).reduce((a, b) => a + b, 0);
      const result = projected({ bounds, counts }, kept);
      expect(result.reduce((a, b) => a + b, 0)).toBe(counts.reduce((a, b) => a + b, 0));
      for (const bound of kept) expect(below(kept, result, bound)).toBe(below(bounds, counts, bound));
    }),
  );
});
