/**
 * Counts between bounds: `counts[i]` is the number less than or equal to `bounds[i]` and above the previous bound, the
 * last one the number above all bounds.
 */
export interface BoundedCounts {
  /** Ascending and finite. -Infinity can be first. */
  readonly bounds: readonly number[];
  /** One more than the number of bounds. */
  readonly counts: readonly number[];
}

/**
 * Returns the ordered buckets of a point: without a +Inf bound, and with all counts. Unordered bounds are treated as no
 * bounds.
 */
export function boundedCounts(explicitBounds: readonly number[], bucketCounts: readonly number[]): BoundedCounts {
  const last = explicitBounds.length - 1;
  for (let i = 0; i <= last; i++) {
    const isOrdered = i === 0 ? !Number.isNaN(explicitBounds[0]) : explicitBounds[i]! > explicitBounds[i - 1]!;
    if (!isOrdered) return { bounds: [], counts: [total(bucketCounts)] };
  }
  const isComplete = bucketCounts.length === explicitBounds.length + 1;
  if (isComplete && explicitBounds[last] !== Number.POSITIVE_INFINITY) {
    return { bounds: explicitBounds, counts: bucketCounts };
  }
  const bounds = explicitBounds[last] === Number.POSITIVE_INFINITY ? explicitBounds.slice(0, -1) : explicitBounds;
  const counts = Array.from(bounds, (_, i) => bucketCounts[i] ?? 0);
  counts.push(total(bucketCounts.slice(bounds.length)));
  return { bounds, counts };
}

/** Returns the bounds that both lists contain. The same array as `known` if none is missing. */
export function sharedBounds(known: readonly number[], other: readonly number[]): readonly number[] {
  if (isSameList(known, other)) return known;
  const others = new Set(other);
  const shared = known.filter((bound) => others.has(bound));
  return shared.length === known.length ? known : shared;
}

/**
 * Returns the counts between fewer bounds: each bucket becomes part of the first one that includes it. `bounds` must be
 * a subset of the known ones.
 */
export function projected({ bounds: known, counts }: BoundedCounts, bounds: readonly number[]): readonly number[] {
  if (isSameList(known, bounds)) return counts;
  const result = new Array<number>(bounds.length + 1).fill(0);
  let target = 0;
  for (const [i, count] of counts.entries()) {
    while (target < bounds.length && (i >= known.length || bounds[target]! < known[i]!)) target++;
    result[target]! += count;
  }
  return result;
}

/** Whether two lists have the same numbers. NaN differs from itself. */
export function isSameList(a: readonly number[], b: readonly number[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}

/** The sum of counts. */
export function total(counts: readonly number[]): number {
  let sum = 0;
  for (const count of counts) sum += count;
  return sum;
}
