import type { Buckets } from '#pdata/metrics.ts';
import { boundary } from '../../classic-buckets.ts';

/** The parts of an exponential histogram that a zero threshold changes. */
export interface ZeroCovered {
  readonly scale: number;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  readonly positive: Buckets;
  readonly negative: Buckets;
}

/**
 * Raises a zero threshold inside a populated bucket to the upper end of that bucket, because the covered part of the
 * bucket is unknown.
 */
export function raisedThreshold({ scale, positive, negative }: ZeroCovered, threshold: number): number {
  if (!(threshold > 0)) return 0;
  const index = indexBelow(threshold, scale);
  const isPopulated = [positive, negative].some(({ offset, bucketCounts }) => (bucketCounts[index - offset] ?? 0) > 0);
  return isPopulated ? Math.min(Math.max(threshold, boundary(index + 1, scale)), Number.MAX_VALUE) : threshold;
}

/** Moves the buckets that a threshold covers, see {@link raisedThreshold}, into the zero bucket. */
export function coveredByZero<Value extends ZeroCovered>(value: Value, threshold: number): Value {
  if (!(threshold > value.zeroThreshold)) return value;
  const index = indexBelow(threshold, value.scale);
  const positive = split(value.positive, index);
  const negative = split(value.negative, index);
  return {
    ...value,
    zeroThreshold: threshold,
    zeroCount: value.zeroCount + positive.covered + negative.covered,
    positive: positive.rest,
    negative: negative.rest,
  };
}

/**
 * Returns the index of the bucket with the threshold. A threshold at the upper end of a bucket belongs to that bucket.
 */
function indexBelow(threshold: number, scale: number): number {
  const index = Math.ceil(Math.log2(threshold) * 2 ** scale) - 1;
  // The logarithm is not exact.
  if (boundary(index, scale) >= threshold) return index - 1;
  return boundary(index + 1, scale) < threshold ? index + 1 : index;
}

function split({ offset, bucketCounts }: Buckets, lastCovered: number): { covered: number; rest: Buckets } {
  const count = Math.min(Math.max(0, lastCovered + 1 - offset), bucketCounts.length);
  let covered = 0;
  for (let i = 0; i < count; i++) covered += bucketCounts[i]!;
  return {
    covered,
    rest: count === 0 ? { offset, bucketCounts } : { offset: offset + count, bucketCounts: bucketCounts.slice(count) },
  };
}
