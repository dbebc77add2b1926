import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDifferenceTo, addTo, ExactSum, roundedTotal, roundingError, type Total } from './exact-sum.ts';

const sumOf = (values: readonly number[]) => {
  const sum = new ExactSum();
  for (const value of values) sum.add(value);
  return sum;
};
const amounts = fc.array(fc.double({ min: 0, max: 1e12, noNaN: true }), { maxLength: 200 });

test('what plain adding loses is kept', () => {
  expect(sumOf([1e16, 1, 1]).value).toBe(1e16 + 2);
  expect(sumOf(new Array(10).fill(0.1)).value).toBe(1);
});

test('the order does not matter', () => {
  fc.assert(
    fc.property(amounts, fc.integer(), (values, seed) => {
      const shuffled = values
        .map((value, i) => [Math.sin(seed + i), value] as const)
        .sort(([a], [b]) => a - b)
        .map(([, value]) => value);
      expect(sumOf(shuffled).value).toBe(sumOf(values).value);
    }),
  );
});

test('adding what is not negative never makes it smaller', () => {
  fc.assert(
    fc.property(amounts, (values) => {
      const sum = new ExactSum();
      for (const value of values) {
        const before = sum.value;
        sum.add(value);
        expect(sum.value).toBeGreaterThanOrEqual(before);
      }
    }),
  );
});

test('adding in steps equals adding everything', () => {
  fc.assert(
    fc.property(amounts, (values) => {
      const steps = new ExactSum();
      let known = 0;
      for (const next of values.toSorted((a, b) => a - b)) {
        steps.addDifference(next, known);
        known = next;
      }
      expect(steps.value).toBe(known);
    }),
  );
});

test('continues after restoring as without it', () => {
  fc.assert(
    fc.property(amounts, amounts, (before, later) => {
      const sum = sumOf(before);
      const restored = new ExactSum();
      restored.restore(sum.value, sum.rest);
      for (const value of later) {
        sum.add(value);
        restored.add(value);
      }
      expect([restored.value, restored.rest]).toEqual([sum.value, sum.rest]);
    }),
  );
});

test('a number is used while it is exact, with the same result', () => {
  const some = fc.oneof(fc.integer(), fc.double({ noNaN: true, min: -1e12, max: 1e12 }));
  fc.assert(
    fc.property(fc.array(fc.record({ next: some, known: fc.option(some, { nil: undefined }) })), (steps) => {
      let total: Total = 0;
      const exact = new ExactSum();
      for (const { next, known } of steps) {
        total = known === undefined ? addTo(total, next) : addDifferenceTo(total, next, known);
        if (known === undefined) exact.add(next);
        else exact.addDifference(next, known);
        expect(roundedTotal(total) === exact.value).toBe(true);
        expect(roundingError(total) === exact.rest).toBe(true);
      }
      const isWhole = steps.every(({ next, known = 0 }) => Number.isInteger(next) && Number.isInteger(known));
      if (isWhole) expect(typeof total).toBe('number');
    }),
  );
});

test.each([1, -1])('a sum beyond the doubles stays at the last one, and is a number (sign %i)', (sign) => {
  const sum = sumOf([sign * 1.5e308, sign * 1.5e308]);
  expect(sum.value).toBe(sign * Number.MAX_VALUE);
  sum.addDifference(sign * 1.6e308, -sign * 1.6e308);
  expect(sum.value).toBe(sign * Number.MAX_VALUE);
});
