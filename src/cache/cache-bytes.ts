import { getHeapStatistics } from 'node:v8';

/**
 * Bytes that a cache may hold: `most`, or a sixteenth of the heap's limit when that is less. What is kept for speed must leave the
 * memory of a small container to what is kept because it is needed.
 */
export function cacheBytes(most: number): number {
  return Math.min(most, Math.floor(getHeapStatistics().heap_size_limit / 16));
}
