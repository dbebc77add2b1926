import { getHeapStatistics } from 'node:v8';
import { expect, test } from 'vitest';
import { cacheBytes } from './cache-bytes.ts';

test('returns the requested size, limited to a sixteenth of the heap', () => {
  const limit = getHeapStatistics().heap_size_limit;
  expect(cacheBytes(1000)).toBe(1000);
  expect(cacheBytes(limit)).toBe(Math.floor(limit / 16));
});
