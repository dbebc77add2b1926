import type { DataPoint, ExponentialHistogramDataPoint, HistogramDataPoint, NumberDataPoint } from '#pdata/metrics.ts';
import { bucketsDelta, coarsened, withoutLowest } from './exponential-buckets.ts';

/** The result for a later point of a stream: a delta, or the reason why it is dropped. */
export type Delta<Point> =
  | { readonly point: Point /** What the next point is compared with, if not with this one. */; readonly next?: Point }
  | { readonly dropped: 'reset' | 'bucket_count' | 'bucket_bounds' };

const reset = { dropped: 'reset' } as const;

/** Returns the delta of two number points of a monotonic sum. */
export function numberDelta(before: NumberDataPoint, now: NumberDataPoint): Delta<NumberDataPoint> {
  const [later, earlier] = [now.value ?? 0n, before.value ?? 0n];
  if (later < earlier) return reset;
  const value =
    typeof later === 'bigint' && typeof earlier === 'bigint'
      ? BigInt.asIntN(64, later - earlier)
      : Number(later) - Number(earlier);
  return { point: since(before, { ...now, value }) };
}

/** Returns the delta of two histogram points. A count or a bucket that is lower than before is a reset. */
export function histogramDelta(before: HistogramDataPoint, now: HistogramDataPoint): Delta<HistogramDataPoint> {
  if (now.bucketCounts.length !== before.bucketCounts.length) return { dropped: 'bucket_count' };
  const { explicitBounds, bucketCounts } = before;
  if (
    now.explicitBounds.length !== explicitBounds.length ||
    now.explicitBounds.some((bound, index) => bound !== explicitBounds[index])
  ) {
    return { dropped: 'bucket_bounds' };
  }
  const isLower = now.count < before.count || now.bucketCounts.some((count, index) => count < bucketCounts[index]!);
  if (isLower) return reset;
  return withSums(before, now, {
    ...withoutExtremes(now),
    count: now.count - before.count,
    bucketCounts: now.bucketCounts.map((count, index) => count - bucketCounts[index]!),
  });
}

/**
 * Returns the delta of two exponential histogram points. The scale may only become coarser and the zero threshold larger;
 * anything else, or a bucket that is lower than before, is a reset.
 */
export function exponentialDelta(
  before: ExponentialHistogramDataPoint,
  now: ExponentialHistogramDataPoint,
): Delta<ExponentialHistogramDataPoint> {
  if (now.count < before.count || now.zeroThreshold < before.zeroThreshold || now.scale > before.scale) return reset;
  let { positive, negative, zeroCount } = before;
  if (now.zeroThreshold > before.zeroThreshold) {
    const scaleFactor = Math.LOG2E * 2 ** before.scale;
    const highest = Math.ceil(Math.log(now.zeroThreshold) * scaleFactor) - 1;
    const [lowPositive, lowNegative] = [withoutLowest(positive, highest), withoutLowest(negative, highest)];
    zeroCount += lowPositive.removed + lowNegative.removed;
    positive = lowPositive.buckets;
    negative = lowNegative.buckets;
  }
  const bits = before.scale - now.scale;
  const changed = [
    bucketsDelta(coarsened(positive, bits), now.positive),
    bucketsDelta(coarsened(negative, bits), now.negative),
  ] as const;
  if (changed[0] === undefined || changed[1] === undefined) return reset;
  return withSums(before, now, {
    ...withoutExtremes(now),
    count: now.count - before.count,
    zeroCount: now.zeroCount - zeroCount,
    positive: changed[0],
    negative: changed[1],
  });
}

/** Returns the same point without minimum and maximum, which deltas do not have. */
export function withoutExtremes<Point extends { min: number | undefined; max: number | undefined }>(
  point: Point,
): Point {
  return { ...point, min: undefined, max: undefined };
}

/** Adds the sum to a delta. A sum of NaN is preserved, and the next point is compared with the sum before it. */
function withSums<Point extends DataPoint & { readonly sum: number | undefined }>(
  before: Point,
  now: Point,
  delta: Point,
): Delta<Point> {
  const earlier = before.sum ?? 0;
  if (now.sum === undefined) return { point: since(before, delta) };
  if (Number.isNaN(now.sum)) return { point: since(before, delta), next: { ...now, sum: earlier } };
  const sum = now.sum - earlier;
  return { point: since(before, { ...delta, sum: Number.isNaN(sum) ? 0 : sum }) };
}

function since<Point extends DataPoint>(before: DataPoint, point: Point): Point {
  return { ...point, startTimeUnixNano: before.timeUnixNano };
}
