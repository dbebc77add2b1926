import type { Buckets } from '#pdata/metrics.ts';
import type { NativeHistogramSeries } from '#prometheus/metric-family.ts';
import type { ExponentialValue } from './exponential-merge.ts';

/**
 * Adds the counts of an exponential histogram to classic buckets: each of its buckets is counted at the first bound
 * greater than or equal to its upper end. `counts[i]` is the number between bound `i − 1` and bound `i`. Counts above
 * all bounds are not added.
 */
export function addToClassic(
  counts: number[],
  bounds: readonly number[],
  value: Pick<ExponentialValue, 'scale' | 'zeroCount' | 'zeroThreshold' | 'positive' | 'negative'>,
): void {
  const { scale, zeroCount, zeroThreshold, positive, negative } = value;
  const add = (upperEnd: number, count: number) => {
    if (count === 0) return;
    const bound = firstNotBelow(bounds, upperEnd);
    if (bound < bounds.length) counts[bound]! += count;
  };
  add(zeroThreshold, zeroCount);
  forEachBucket(positive, (index, count) => add(boundary(index + 1, scale), count));
  // The upper end of a negative bucket is the one closer to zero.
  forEachBucket(negative, (index, count) => add(-boundary(index, scale), count));
}

/** Returns the classic buckets of an exponential histogram in last-value mode. Undefined without bounds. */
export function classicView(value: ExponentialValue, bounds: readonly number[]): NativeHistogramSeries['classic'] {
  if (bounds.length === 0) return undefined;
  const counts = new Array<number>(bounds.length).fill(0);
  addToClassic(counts, bounds, value);
  return { upperBounds: bounds, cumulativeCounts: cumulated(counts) };
}

/** Returns the running sums of bucket counts. */
export function cumulated(counts: readonly number[]): number[] {
  let below = 0;
  return counts.map((count) => {
    below += count;
    return below;
  });
}

/**
 * Returns the lower end of bucket `index`: 2^(index / 2^scale). Whole powers of two are exact, so that the bucket with
 * the upper end 8 is counted at the bound 8.
 */
export function boundary(index: number, scale: number): number {
  const exponent = index * 2 ** -scale;
  if (Number.isInteger(exponent)) return 2 ** exponent;
  const whole = Math.floor(exponent);
  return 2 ** whole * 2 ** (exponent - whole);
}

function forEachBucket({ offset, bucketCounts }: Buckets, visit: (index: number, count: number) => void): void {
  for (let i = 0; i < bucketCounts.length; i++) visit(offset + i, bucketCounts[i]!);
}

/** Returns the index of the first bound greater than or equal to `value`, or the number of bounds if there is none. */
function firstNotBelow(bounds: readonly number[], value: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (bounds[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
