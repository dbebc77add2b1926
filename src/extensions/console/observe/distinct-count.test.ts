import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DistinctCount, hashOf } from './distinct-count.ts';

test('counts exactly up to its bound, in any order and with repetitions', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 500 }), (texts) => {
      const counted = new DistinctCount();
      for (const text of texts) counted.add(hashOf(text));
      expect(counted.count).toBe(new Set(texts).size);
    }),
  );
});

test.each([20_000, 100_000, 300_000])('estimates %i distinct texts within three percent', (number) => {
  const counted = new DistinctCount();
  for (let i = 0; i < number; i++) counted.add(hashOf(`dag_${i}`));
  expect(Math.abs(counted.count - number) / number).toBeLessThan(0.03);
});
