import { expect, test } from 'vitest';
import { MemoryRelease } from './memory-release.ts';

/** Number of releases while the number of streams changed like that. */
function collections(...sizes: number[]): number {
  let count = 0;
  const release = new MemoryRelease(() => {
    count++;
  });
  for (const size of sizes) release.watch(size);
  return count;
}

test.each<[string, number[], number]>([
  ['many streams expire', [0, 50_000, 90_000, 60_000, 10_000, 0, 0], 1],
  ['many streams expire in steps', [100_000, 40_000, 30_000, 10_000], 2],
  ['few streams expire', [0, 19_000, 0, 19_000, 0], 0],
  ['many streams remain', [100_000, 80_000, 100_000, 51_000], 0],
  ['many streams expire twice', [50_000, 0, 50_000, 0], 2],
])('%s', (_, sizes, expected) => {
  expect(collections(...sizes)).toBe(expected);
});
