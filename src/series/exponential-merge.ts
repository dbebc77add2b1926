import type { Buckets } from '#pdata/metrics.ts';

/** What is added up of an exponential histogram. */
export interface ExponentialValue {
  readonly scale: number;
  readonly count: number;
  /** Undefined when the point has none. */
  readonly sum: number | undefined;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  readonly positive: Buckets;
  readonly negative: Buckets;
}

/** Buckets that a merge may make; a wider one is refused. */
const maxMergedBuckets = 65_536;

/**
 * Merges a delta into the stored histogram exactly as the Collector does, including its errors
 * (docs/reference/collector-behaviour.md#merging-exponential-histograms): the bound for moving positive buckets into a larger zero
 * threshold is exact only for scale 0, and the first bucket counts twice if a coarser scale divides it. The buckets then do not add
 * up to the count, and the series is hidden. Returns undefined if the result would have more than {@link maxMergedBuckets} buckets
 * on a side.
 */
export function mergeExponential(stored: ExponentialValue, point: ExponentialValue): ExponentialValue | undefined {
  const scale = Math.min(stored.scale, point.scale);
  const zeroThreshold = Math.max(stored.zeroThreshold, point.zeroThreshold);
  const ours = trimmed(stored, { scale, zeroThreshold });
  const theirs = trimmed(point, { scale, zeroThreshold });
  const positive = added(ours.positive, theirs.positive);
  const negative = added(
    downscaled(stored.negative, stored.scale, scale),
    downscaled(point.negative, point.scale, scale),
  );
  if (positive === undefined || negative === undefined) return undefined;
  return {
    scale,
    zeroThreshold,
    positive,
    negative,
    zeroCount: stored.zeroCount + point.zeroCount + ours.zeroCount + theirs.zeroCount,
    count: stored.count + point.count,
    sum: stored.sum === undefined || point.sum === undefined ? undefined : stored.sum + point.sum,
  };
}

/** The positive buckets at the scale, without those that the zero bucket takes over, and how many it takes. */
function trimmed(
  value: ExponentialValue,
  { scale, zeroThreshold }: { scale: number; zeroThreshold: number },
): { positive: Buckets; zeroCount: number } {
  const positive = downscaled(value.positive, value.scale, scale);
  if (!(zeroThreshold > value.zeroThreshold)) return { positive, zeroCount: 0 };
  const { offset, bucketCounts } = positive;
  let zeroCount = 0;
  let first = 0;
  while (first < bucketCounts.length && 2 ** (scale + offset + first + 1) <= zeroThreshold) {
    zeroCount += bucketCounts[first]!;
    first += 1;
  }
  if (first === bucketCounts.length) return { positive: noBuckets, zeroCount };
  return { positive: { offset: offset + first, bucketCounts: bucketCounts.slice(first) }, zeroCount };
}

const noBuckets: Buckets = { offset: 0, bucketCounts: [] };

function downscaled(buckets: Buckets, from: number, to: number): Buckets {
  const { offset, bucketCounts } = buckets;
  if (bucketCounts.length === 0 || from <= to) return buckets;
  const shift = Math.min(from - to, 31);
  const newOffset = offset >> shift;
  const counts: number[] = [];
  for (let i = 0; i < bucketCounts.length; i++) {
    const at = ((offset + i) >> shift) - newOffset;
    counts[at] = (counts[at] ?? 0) + bucketCounts[i]!;
  }
  const cutsFirst = newOffset << shift !== offset;
  if (cutsFirst) counts[0]! += bucketCounts[0]!;
  return { offset: newOffset, bucketCounts: counts };
}

function added(a: Buckets, b: Buckets): Buckets | undefined {
  if (a.bucketCounts.length === 0) return b.bucketCounts.length === 0 ? noBuckets : b;
  if (b.bucketCounts.length === 0) return a;
  const offset = Math.min(a.offset, b.offset);
  const length = Math.max(a.offset + a.bucketCounts.length, b.offset + b.bucketCounts.length) - offset;
  if (length > maxMergedBuckets) return undefined;
  const bucketCounts = new Array<number>(length).fill(0);
  for (const side of [a, b]) {
    side.bucketCounts.forEach((count, i) => {
      bucketCounts[side.offset - offset + i]! += count;
    });
  }
  return { offset, bucketCounts };
}
