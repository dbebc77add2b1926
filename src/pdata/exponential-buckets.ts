import type { Buckets } from './metrics.ts';

/** Arithmetic of exponential buckets: index i at scale s covers (base^i, base^(i+1)] with base = 2^(2^-s). */

/** Returns the same counts at a scale that is coarser by `by`: bucket i becomes part of bucket i >> by. */
export function downscaled({ offset, bucketCounts }: Buckets, by: number): Buckets {
  if (by <= 0 || bucketCounts.length === 0) return { offset, bucketCounts };
  const first = shifted(offset, by);
  const counts: number[] = new Array(shifted(offset + bucketCounts.length - 1, by) - first + 1).fill(0);
  for (const [index, count] of bucketCounts.entries()) counts[shifted(offset + index, by) - first]! += count;
  return { offset: first, bucketCounts: counts };
}

/** Returns the sum of two sets of buckets with the same scale. */
export function added(a: Buckets, b: Buckets): Buckets {
  if (a.bucketCounts.length === 0) return b;
  if (b.bucketCounts.length === 0) return a;
  const offset = Math.min(a.offset, b.offset);
  const end = Math.max(a.offset + a.bucketCounts.length, b.offset + b.bucketCounts.length);
  const bucketCounts: number[] = new Array(end - offset).fill(0);
  for (const { offset: from, bucketCounts: counts } of [a, b]) {
    for (const [index, count] of counts.entries()) bucketCounts[from - offset + index]! += count;
  }
  return { offset, bucketCounts };
}

/** Returns the decrease in scale that two sets need so that their sum has no more than `most` buckets. */
export function neededDownscale(a: Buckets, b: Buckets, most: number): number {
  const filled = [a, b].filter(({ bucketCounts }) => bucketCounts.length > 0);
  if (filled.length === 0) return 0;
  const low = Math.min(...filled.map(({ offset }) => offset));
  const high = Math.max(...filled.map(({ offset, bucketCounts }) => offset + bucketCounts.length - 1));
  let by = 0;
  while (shifted(high, by) - shifted(low, by) + 1 > most) by++;
  return by;
}

/** Floor division by 2^by, for any 32-bit index. */
function shifted(index: number, by: number): number {
  return by > 32 ? Math.min(Math.sign(index), 0) : Math.floor(index / 2 ** by);
}
