import type { Buckets } from '#pdata/metrics.ts';

/** Returns the same buckets at a scale that is `bits` lower: 2^bits neighbors become one bucket. */
export function coarsened(buckets: Buckets, bits: number): Buckets {
  if (bits === 0) return buckets;
  // JavaScript uses only the low five bits of the shift distance.
  const shift = Math.min(bits, 31);
  const offset = buckets.offset >> shift;
  const bucketCounts: number[] = [];
  for (const [index, count] of buckets.bucketCounts.entries()) {
    const place = ((buckets.offset + index) >> shift) - offset;
    bucketCounts[place] = (bucketCounts[place] ?? 0) + count;
  }
  return { offset, bucketCounts };
}

/** Removes the buckets up to index `highest`, and returns the number of values in them. */
export function withoutLowest(
  { offset, bucketCounts }: Buckets,
  highest: number,
): { readonly buckets: Buckets; readonly removed: number } {
  const trimmed = Math.min(Math.max(highest - offset + 1, 0), bucketCounts.length);
  return {
    buckets: { offset: offset + trimmed, bucketCounts: bucketCounts.slice(trimmed) },
    removed: bucketCounts.slice(0, trimmed).reduce((sum, count) => sum + count, 0),
  };
}

/**
 * Returns the growth of buckets of the same scale, from the first bucket that changed to the last. Undefined if a
 * bucket decreased, which is a reset.
 */
export function bucketsDelta(before: Buckets, now: Buckets): Buckets | undefined {
  const counts = new Map(before.bucketCounts.map((count, index) => [before.offset + index, count]));
  let offset: number | undefined;
  const bucketCounts: number[] = [];
  for (const [index, count] of now.bucketCounts.entries()) {
    const bucket = now.offset + index;
    const earlier = counts.get(bucket) ?? 0;
    counts.delete(bucket);
    if (count < earlier) return undefined;
    if (count === earlier) continue;
    offset ??= bucket;
    while (bucketCounts.length < bucket - offset) bucketCounts.push(0);
    bucketCounts.push(count - earlier);
  }
  for (const count of counts.values()) if (count > 0) return undefined;
  return { offset: offset ?? 0, bucketCounts };
}
