import fc from 'fast-check';
import { expect, test } from 'vitest';
import { labels } from '../../test/support/families.ts';
import { compareFully, compareLabelSets, sortByLabels } from './series-order.ts';

test('fewer labels precede more labels, then values are compared bytewise; names are ignored', () => {
  const order = (a: Record<string, string>, b: Record<string, string>) => compareLabelSets(labels(a), labels(b));
  expect(order({ z: '9' }, { a: '1', b: '1' })).toBeLessThan(0);
  expect(order({ a: '10' }, { a: '9' })).toBeLessThan(0);
  expect(order({ a: '1' }, { b: '1' })).toBe(0);
  expect(order({ a: 'Z' }, { a: 'a' })).toBeLessThan(0);
});

test('names decide between equal values, so that the output does not vary', () => {
  expect(compareFully(labels({ a: '1' }), labels({ b: '1' }))).toBeLessThan(0);
  expect(compareFully(labels({ a: '1' }), labels({ a: '1' }))).toBe(0);
});

test('distribution and comparison have the same result, for few and for many series', () => {
  const value = fc.constantFrom('', 'a', 'b', 'ab', '\xff');
  const set = fc.dictionary(fc.constantFrom('x', 'y', 'z'), value);
  fc.assert(
    fc.property(fc.array(set, { maxLength: 120 }), (sets) => {
      const series = sets.map((pairs) => ({ labels: labels(pairs) }));
      expect(sortByLabels(series)).toEqual(series.toSorted((a, b) => compareFully(a.labels, b.labels)));
    }),
  );
});
