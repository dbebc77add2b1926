import type {
  Buckets,
  DataPoint,
  ExponentialHistogramDataPoint,
  HistogramDataPoint,
  NumberDataPoint,
} from '#pdata/metrics.ts';

/** What a later point of a stream becomes: a delta, or nothing for a reason; `keepState`: the point is not remembered. */
export type Delta<Point> =
  | { readonly point: Point }
  | { readonly dropped: 'reset' | 'bucket_count' | 'bucket_bounds'; readonly keepState?: true };

/** The delta of two number points of a monotonic sum. */
export function numberDelta(before: NumberDataPoint, now: NumberDataPoint): Delta<NumberDataPoint> {
  const value =
    typeof now.value === 'bigint' && typeof before.value === 'bigint'
      ? BigInt.asIntN(64, now.value - before.value)
      : Number(now.value) - Number(before.value);
  if (value < 0) return { dropped: 'reset' };
  return { point: since(before, { ...now, value }) };
}

/** The delta of two histogram points. A count that has fallen is a reset: the whole point is new. */
export function histogramDelta(before: HistogramDataPoint, now: HistogramDataPoint): Delta<HistogramDataPoint> {
  if (now.bucketCounts.length !== before.bucketCounts.length) return { dropped: 'bucket_count' };
  if (now.explicitBounds.some((bound, index) => bound !== before.explicitBounds[index]))
    return { dropped: 'bucket_bounds' };
  if (now.count < before.count) return { point: since(before, withoutExtremes(now)) };
  const delta: HistogramDataPoint = {
    ...withoutExtremes(now),
    count: now.count - before.count,
    sum: difference(now.sum, before.sum),
    bucketCounts: now.bucketCounts.map((count, index) => count - before.bucketCounts[index]!),
  };
  return { point: since(before, delta) };
}

/** The delta of two exponential histogram points; the scale may only have become coarser. */
export function exponentialDelta(
  before: ExponentialHistogramDataPoint,
  now: ExponentialHistogramDataPoint,
): Delta<ExponentialHistogramDataPoint> {
  const isReset = now.count < before.count || now.zeroThreshold < before.zeroThreshold || now.scale > before.scale;
  if (isReset) return { dropped: 'reset', keepState: true };
  // Shifting by more than 31 bits is shifting by less in JavaScript.
  const shift = Math.min(before.scale - now.scale, 31);
  const delta: ExponentialHistogramDataPoint = {
    ...withoutExtremes(now),
    count: now.count - before.count,
    sum: difference(now.sum, before.sum),
    zeroCount: now.zeroCount - before.zeroCount,
    positive: bucketsDelta(before.positive, now.positive, shift),
    negative: bucketsDelta(before.negative, now.negative, shift),
  };
  return { point: since(before, delta) };
}

function bucketsDelta(before: Buckets, now: Buckets, shift: number): Buckets {
  const bucketCounts = [...now.bucketCounts];
  for (const [index, count] of before.bucketCounts.entries()) {
    const place = ((before.offset + index) >> shift) - now.offset;
    if (place >= 0 && place < bucketCounts.length) bucketCounts[place] = Math.max(0, bucketCounts[place]! - count);
  }
  return { offset: now.offset, bucketCounts };
}

/** The same point without minimum and maximum, which no delta has. */
export function withoutExtremes<Point extends { min: number | undefined; max: number | undefined }>(
  point: Point,
): Point {
  return { ...point, min: undefined, max: undefined };
}

function since<Point extends DataPoint>(before: DataPoint, point: Point): Point {
  return { ...point, startTimeUnixNano: before.timeUnixNano };
}

function difference(now: number | undefined, before: number | undefined): number | undefined {
  return now === undefined || before === undefined ? now : now - before;
}
