/** Counts of the buckets between bounds: `counts[i]` is what lies at or below `bounds[i]`, the last one what lies above all. */
export interface BoundedCounts {
  /** Ascending and finite; -Infinity may come first. */
  readonly bounds: readonly number[];
  /** One more than bounds. */
  readonly counts: readonly number[];
}

/** Buckets as a point has them, brought into order: without a +Inf bound, and with all counts. Bounds out of order are no bounds. */
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

/** The bounds that both have; the same array as `known` when none is lost. */
export function sharedBounds(known: readonly number[], other: readonly number[]): readonly number[] {
  if (isSameList(known, other)) return known;
  const others = new Set(other);
  const shared = known.filter((bound) => others.has(bound));
  return shared.length === known.length ? known : shared;
}

/** The counts between fewer bounds: each bucket goes into the first that reaches as far. `bounds` must be among the known ones. */
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
