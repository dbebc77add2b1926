import { expect, test } from 'vitest';
import { Eviction } from './eviction.ts';

/** How often memory was given back while the number of streams went like that. */
function collections(...sizes: number[]): number {
  let count = 0;
  const crowd = new Eviction(() => {
    count++;
  });
  for (const size of sizes) crowd.watch(size);
  return count;
}

test.each<[string, number[], number]>([
  ['a crowd comes and goes', [0, 50_000, 90_000, 60_000, 10_000, 0, 0], 1],
  ['it goes in steps', [100_000, 40_000, 30_000, 10_000], 2],
  ['few come and go', [0, 19_000, 0, 19_000, 0], 0],
  ['many stay', [100_000, 80_000, 100_000, 51_000], 0],
  ['again and again', [50_000, 0, 50_000, 0], 2],
])('%s', (_, sizes, expected) => {
  expect(collections(...sizes)).toBe(expected);
});
