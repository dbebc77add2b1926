/** Buckets in the form of the `/metrics` output. */
export interface ClassicBuckets {
  /** Ascending, without duplicates; NaN first. */
  readonly upperBounds: readonly number[];
  readonly cumulativeCounts: readonly number[];
}

/**
 * Returns the cumulative buckets of an OTLP histogram (docs/reference/collector-behaviour.md#classic-histograms): each distinct
 * bound with the count at the position of its first occurrence, in ascending order. Counts of repeated bounds and the overflow
 * bucket are not used; +Inf shows the point's count.
 */
export function classicBuckets(explicitBounds: readonly number[], bucketCounts: readonly number[]): ClassicBuckets {
  if (!isAscending(explicitBounds)) return oddBuckets(explicitBounds, bucketCounts);
  return { upperBounds: explicitBounds, cumulativeCounts: cumulate(explicitBounds.length, bucketCounts) };
}

function cumulate(length: number, bucketCounts: readonly number[]): number[] {
  const cumulativeCounts = new Array<number>(length);
  let sum = 0;
  for (let i = 0; i < length; i++) {
    sum += bucketCounts[i] ?? 0;
    cumulativeCounts[i] = sum;
  }
  return cumulativeCounts;
}

function isAscending(bounds: readonly number[]): boolean {
  for (let i = 1; i < bounds.length; i++) {
    if (!(bounds[i]! > bounds[i - 1]!)) return false;
  }
  return bounds.length === 0 || !Number.isNaN(bounds[0]);
}

function oddBuckets(explicitBounds: readonly number[], bucketCounts: readonly number[]): ClassicBuckets {
  // A NaN bound is never found again in the Collector's map, so each one has the count of the first bucket.
  const buckets: { bound: number; position: number }[] = [];
  const seen = new Set<number>();
  explicitBounds.forEach((given, i) => {
    // 0 and -0 are the same bound.
    const bound = given + 0;
    if (Number.isNaN(bound)) buckets.push({ bound, position: 0 });
    else if (!seen.has(bound)) buckets.push({ bound: given, position: i });
    seen.add(bound);
  });
  buckets.sort((a, b) => (Number.isNaN(a.bound) ? -1 : Number.isNaN(b.bound) ? 1 : a.bound - b.bound));
  const counts = buckets.map(({ position }) => bucketCounts[position] ?? 0);
  return { upperBounds: buckets.map(({ bound }) => bound), cumulativeCounts: cumulate(buckets.length, counts) };
}
