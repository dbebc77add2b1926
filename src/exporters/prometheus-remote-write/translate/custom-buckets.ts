import type { NativeBuckets } from '#prometheus/metric-family.ts';

/** The buckets of an explicit histogram as a native histogram with custom buckets. */
export interface CustomBuckets {
  /** Upper bounds, ascending, without +Inf. */
  readonly bounds: readonly number[];
  readonly buckets: NativeBuckets;
  readonly count: number;
}

/** Up to this number of empty buckets are sent as such. Longer gaps begin a new span. */
const maxGap = 2;

/**
 * Converts the buckets of an explicit histogram as the Collector does: of equal bounds, the first counts; the last bucket is the rest of
 * the larger of `count` and the sum of the buckets; empty buckets at both ends are left out. Undefined if the bounds are not in order.
 */
export function customBuckets(
  explicitBounds: readonly number[],
  bucketCounts: readonly number[],
  count: number,
): CustomBuckets | undefined {
  const bounds: number[] = [];
  const counts: number[] = [];
  let cumulative = 0;
  let before = 0;
  for (let i = 0; i < explicitBounds.length; i++) {
    const bound = explicitBounds[i]!;
    const last = bounds.at(-1);
    if (Number.isNaN(bound) || (last !== undefined && bound < last)) return undefined;
    cumulative += bucketCounts[i] ?? 0;
    if (bound === last || bound === Number.POSITIVE_INFINITY) continue;
    bounds.push(bound);
    counts.push(cumulative - before);
    before = cumulative;
  }
  const total = Math.max(
    count,
    bucketCounts.reduce((sum, one) => sum + one, 0),
  );
  counts.push(total - before);
  return { bounds, buckets: spansOf(counts), count: total };
}

function spansOf(counts: readonly number[]): NativeBuckets {
  const spans: { offset: number; length: number }[] = [];
  const deltas: number[] = [];
  let before = 0;
  /** Index after the last bucket that is sent. */
  let next = 0;
  const append = (count: number) => {
    spans.at(-1)!.length += 1;
    deltas.push(count - before);
    before = count;
  };
  for (const [index, count] of counts.entries()) {
    if (count === 0) continue;
    const gap = index - next;
    if (spans.length === 0 || gap > maxGap) spans.push({ offset: gap, length: 0 });
    else for (let i = 0; i < gap; i++) append(0);
    append(count);
    next = index + 1;
  }
  return { spans, deltas };
}
