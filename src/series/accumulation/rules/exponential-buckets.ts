import type { Buckets } from '#pdata/metrics.ts';

/**
 * Returns an index at a scale that is coarser by `steps`. Each step joins two neighbors. Exact for every whole double.
 */
export function coarserIndex(index: number, steps: number): number {
  return Math.floor(index / 2 ** steps);
}

/** Returns the first and last index of populated buckets. Undefined if all are empty. */
export function populatedRange({ offset, bucketCounts }: Buckets): { low: number; high: number } | undefined {
  let first = 0;
  while (first < bucketCounts.length && bucketCounts[first] === 0) first++;
  if (first === bucketCounts.length) return undefined;
  let last = bucketCounts.length - 1;
  while (bucketCounts[last] === 0) last--;
  return { low: offset + first, high: offset + last };
}

/** Returns `buckets` without empty ends, at a scale that is coarser by `steps`. */
export function coarserBuckets(buckets: Buckets, steps: number): Buckets {
  const range = populatedRange(buckets);
  if (!range) return noBuckets;
  const offset = coarserIndex(range.low, steps);
  const bucketCounts = new Array<number>(coarserIndex(range.high, steps) - offset + 1).fill(0);
  for (let index = range.low; index <= range.high; index++) {
    bucketCounts[coarserIndex(index, steps) - offset]! += buckets.bucketCounts[index - buckets.offset]!;
  }
  return { offset, bucketCounts };
}

/** Returns `next − known`, both at one scale. Undefined if a bucket would decrease. */
export function grownBuckets(next: Buckets, known: Buckets): Buckets | undefined {
  const bucketCounts = [...next.bucketCounts];
  for (let i = 0; i < known.bucketCounts.length; i++) {
    const count = known.bucketCounts[i]!;
    if (count === 0) continue;
    const left = (bucketCounts[known.offset + i - next.offset] ?? 0) - count;
    if (!(left >= 0)) return undefined;
    bucketCounts[known.offset + i - next.offset] = left;
  }
  return { offset: next.offset, bucketCounts };
}

/** Returns the sum of two lists of buckets at one scale. */
export function joinedBuckets(a: Buckets, b: Buckets): Buckets {
  const ours = populatedRange(a);
  const theirs = populatedRange(b);
  if (!theirs) return a;
  if (!ours) return b;
  const offset = Math.min(ours.low, theirs.low);
  const bucketCounts = new Array<number>(Math.max(ours.high, theirs.high) - offset + 1).fill(0);
  for (let index = ours.low; index <= ours.high; index++)
    bucketCounts[index - offset]! += a.bucketCounts[index - a.offset]!;
  for (let index = theirs.low; index <= theirs.high; index++) {
    bucketCounts[index - offset]! += b.bucketCounts[index - b.offset]!;
  }
  return { offset, bucketCounts };
}

/** Whether the populated buckets of `added` are within the range of `own` at a scale that is coarser by `steps`. */
export function fitInto(own: Buckets, added: Buckets, steps: number): boolean {
  const range = populatedRange(added);
  if (!range) return true;
  const end = own.offset + own.bucketCounts.length;
  return coarserIndex(range.low, steps) >= own.offset && coarserIndex(range.high, steps) < end;
}

/** Adds buckets that {@link fitInto} `own`, whose array the caller owns. */
export function addInto(own: Buckets, { offset, bucketCounts }: Buckets, steps: number): void {
  const counts = own.bucketCounts as number[];
  for (let i = 0; i < bucketCounts.length; i++) {
    const count = bucketCounts[i]!;
    if (count !== 0) counts[coarserIndex(offset + i, steps) - own.offset]! += count;
  }
}

/**
 * Returns the number of steps by which two lists of one scale must become coarser to fit into `limit` buckets together.
 */
export function stepsToFit(a: Buckets, b: Buckets, limit: number): number {
  const ours = populatedRange(a);
  const theirs = populatedRange(b);
  if (!ours && !theirs) return 0;
  const low = Math.min(ours?.low ?? Number.POSITIVE_INFINITY, theirs?.low ?? Number.POSITIVE_INFINITY);
  const high = Math.max(ours?.high ?? Number.NEGATIVE_INFINITY, theirs?.high ?? Number.NEGATIVE_INFINITY);
  let steps = 0;
  while (coarserIndex(high, steps) - coarserIndex(low, steps) >= limit) steps++;
  return steps;
}

export const noBuckets: Buckets = { offset: 0, bucketCounts: [] };
