import { goExp } from '#go/exp.ts';
import type { Buckets, ExponentialHistogramDataPoint, HistogramDataPoint } from '#pdata/metrics.ts';
import { OttlError } from '../ottl-error.ts';

/**
 * Estimates a percentile of a point. Undefined for a point without observations or buckets.
 * @throws OttlError for a point that is not a histogram
 */
export function percentileOf(
  point: HistogramDataPoint | ExponentialHistogramDataPoint,
  percentile: number,
): number | undefined {
  const rank = Math.ceil(point.count * (percentile / 100));
  return 'scale' in point ? ofExponential(point, rank) : ofExplicit(point, rank);
}

function ofExplicit(point: HistogramDataPoint, rank: number): number | undefined {
  const { count, bucketCounts, explicitBounds: bounds, min, max } = point;
  if (count === 0 || bucketCounts.length === 0) return undefined;
  if (bucketCounts.length !== bounds.length + 1) {
    throw malformed(`bucketCounts length (${bucketCounts.length}) != explicitBounds length (${bounds.length}) + 1`);
  }
  if (bounds.length === 0) {
    if (min === undefined || max === undefined) return undefined;
    return linear(min, max, rank / bucketCounts[0]!);
  }
  const { index, share } = bucketAt(bucketCounts, rank);
  if (index === 0) {
    const upper = bounds[0]!;
    if (min !== undefined && min < upper) return linear(min, upper, share);
    return upper < 0 ? upper : linear(0, upper, share);
  }
  const lower = bounds[index - 1]!;
  const upper = bounds[index] ?? max;
  return upper === undefined || (index === bounds.length && upper <= lower) ? lower : linear(lower, upper, share);
}

/** Returns the bucket that contains the observation of a rank, and the share of the bucket up to it. */
function bucketAt(counts: readonly number[], rank: number): { readonly index: number; readonly share: number } {
  let total = 0;
  for (const [index, count] of counts.entries()) {
    if (total + count >= rank) return { index, share: (rank - total) / count };
    total += count;
  }
  throw malformed(
    `cumulative count doesn't reach target count corresponding to percentile. targetCount=${rank}, total count=${total}`,
  );
}

function ofExponential(point: ExponentialHistogramDataPoint, rank: number): number | undefined {
  const { count, scale, zeroCount, zeroThreshold, positive, negative } = point;
  const [hasNegative, hasPositive] = [negative.bucketCounts.length > 0, positive.bucketCounts.length > 0];
  if (count === 0 || (!hasNegative && !hasPositive && zeroCount === 0)) return undefined;
  const below = sumOf(negative);
  if (below >= rank) {
    const { index, share } = bucketAt([...negative.bucketCounts].reverse(), rank);
    const bucket = negative.offset + negative.bucketCounts.length - 1 - index;
    return -logarithmic(boundOf(bucket, scale), boundOf(bucket + 1, scale), 1 - share);
  }
  if (below + zeroCount >= rank) {
    const lower = !hasNegative && hasPositive ? 0 : -zeroThreshold;
    const upper = !hasPositive && hasNegative ? 0 : zeroThreshold;
    return linear(lower, upper, (rank - below) / zeroCount);
  }
  const { index, share } = bucketAt(positive.bucketCounts, rank - below - zeroCount);
  const bucket = positive.offset + index;
  return logarithmic(boundOf(bucket, scale), boundOf(bucket + 1, scale), share);
}

function sumOf({ bucketCounts }: Buckets): number {
  return bucketCounts.reduce((sum, count) => sum + count, 0);
}

/** Returns the lower bound of a bucket. */
function boundOf(index: number, scale: number): number {
  return scale <= 0 ? 2 ** (index * 2 ** -scale) : goExp(index * Math.LN2 * 2 ** -scale);
}

function linear(lower: number, upper: number, share: number): number {
  if (!(share >= 0 && share <= 1)) {
    throw new OttlError(`linear interpolation: invalid ratio ${share.toFixed(6)}, must be between 0 and 1`);
  }
  return lower + share * (upper - lower);
}

function logarithmic(lower: number, upper: number, share: number): number {
  if (!(share >= 0 && share <= 1)) {
    throw new OttlError(`logarithmic interpolation: invalid ratio ${share.toFixed(6)}, must be between 0 and 1`);
  }
  if (lower <= 0 || upper <= 0 || lower >= upper)
    throw malformed('bucket bounds are not positive numbers that increase');
  const low = Math.log2(lower);
  return 2 ** (low + (Math.log2(upper) - low) * share);
}

function malformed(problem: string): OttlError {
  return new OttlError(`calculating histogram percentile: malformed data: ${problem}`);
}
