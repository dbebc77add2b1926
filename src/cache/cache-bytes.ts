import { getHeapStatistics } from 'node:v8';

/**
 * Returns the size limit of a cache in bytes: `most`, or a sixteenth of the heap limit if that is less, so that caches leave the memory
 * of a small container to data.
 */
export function cacheBytes(most: number): number {
  return Math.min(most, Math.floor(getHeapStatistics().heap_size_limit / 16));
}
