import type { Buckets } from '#pdata/metrics.ts';
import { maxNativeSchema } from './native-histogram.ts';

/** The parts of an exponential histogram that can be added up. */
export interface ExponentialValue {
  readonly scale: number;
  readonly count: number;
  /** Undefined if the point has none. */
  readonly sum: number | undefined;
  readonly zeroCount: number;
  readonly zeroThreshold: number;
  readonly positive: Buckets;
  readonly negative: Buckets;
}

/** The result of merging deltas. */
export interface MergedExponential extends ExponentialValue {
  /**
   * The scale of the merged points if the buckets were reduced to a coarser one because there were too many. Otherwise,
   * the scale of the buckets.
   */
  readonly pointScale: number;
}

/** Maximum number of buckets on one side. More are reduced if that is not visible. */
const maxMergedBuckets = 65_536;

/**
 * Merges a delta into the stored histogram exactly like the Collector, including its errors
 * (docs/reference/collector-behaviour.md#merging-exponential-histograms): the bound for moving positive buckets into a
 * larger zero threshold is exact only for scale 0, and the first bucket counts twice if a coarser scale divides it. The
 * buckets then do not add up to the count, and the series is hidden.
 *
 * Values of 100 and 400 at scale 20 are two million buckets apart. The Collector allocates all of them. pitot reduces
 * buckets exactly to a coarser scale that is still finer than the one that Prometheus receives. Returns undefined if
 * more than {@link maxMergedBuckets} on a side would remain.
 */
export function mergeExponential(stored: MergedExponential, point: ExponentialValue): MergedExponential | undefined {
  const pointScale = Math.min(stored.pointScale, point.scale);
  const isReduced = stored.scale < stored.pointScale;
  const scale = Math.min(stored.scale, point.scale);
  const zeroThreshold = Math.max(stored.zeroThreshold, point.zeroThreshold);
  const ours = trimmed(isReduced ? reduced(stored, scale) : downscaled(stored, scale), { zeroThreshold, isReduced });
  const theirs = trimmed(reduced(downscaled(point, pointScale), scale), { zeroThreshold, isReduced });
  const rest = {
    zeroThreshold,
    zeroCount: stored.zeroCount + point.zeroCount + ours.moved + theirs.moved,
    count: stored.count + point.count,
    sum: stored.sum === undefined || point.sum === undefined ? undefined : stored.sum + point.sum,
  };
  return mergeAt(scale, { ours, theirs, rest: { ...rest, pointScale } });
}

/** The buckets of an exponential histogram. */
interface Scaled {
  readonly scale: number;
  readonly positive: Buckets;
  readonly negative: Buckets;
}

function mergeAt(
  scale: number,
  {
    ours,
    theirs,
    rest,
  }: {
    readonly ours: Scaled;
    readonly theirs: Scaled;
    readonly rest: Omit<MergedExponential, keyof Scaled>;
  },
): MergedExponential | undefined {
  const [a, b] = [reduced(ours, scale), reduced(theirs, scale)];
  const positive = added(a.positive, b.positive);
  const negative = added(a.negative, b.negative);
  if (positive !== undefined && negative !== undefined) return { ...rest, scale, positive, negative };
  return scale > maxNativeSchema ? mergeAt(scale - 1, { ours, theirs, rest }) : undefined;
}

/** Returns the buckets without the positive ones that become part of the zero bucket, and their total count. */
function trimmed(
  value: Scaled & { readonly zeroThreshold: number },
  { zeroThreshold, isReduced }: { readonly zeroThreshold: number; readonly isReduced: boolean },
): Scaled & { readonly moved: number } {
  const { scale, positive, negative } = value;
  if (!(zeroThreshold > value.zeroThreshold)) return { scale, positive, negative, moved: 0 };
  const { offset, bucketCounts } = positive;
  const upperEnd = (index: number) => 2 ** (isReduced ? (index + 1) * 2 ** -scale : scale + index + 1);
  let moved = 0;
  let first = 0;
  while (first < bucketCounts.length && upperEnd(offset + first) <= zeroThreshold) {
    moved += bucketCounts[first]!;
    first += 1;
  }
  if (first === bucketCounts.length) return { scale, positive: noBuckets, negative, moved };
  return {
    scale,
    positive: { offset: offset + first, bucketCounts: bucketCounts.slice(first) },
    negative,
    moved,
  };
}

const noBuckets: Buckets = { offset: 0, bucketCounts: [] };

/** Returns the buckets at a coarser scale, computed like the Collector. */
function downscaled<Value extends Scaled>(value: Value, to: number): Value {
  return atScale(value, to, true);
}

/** Returns the buckets at a coarser scale, without the Collector's error. */
function reduced<Value extends Scaled>(value: Value, to: number): Value {
  return atScale(value, to, false);
}

function atScale<Value extends Scaled>(value: Value, to: number, hasError: boolean): Value {
  const { scale, positive, negative } = value;
  if (scale <= to) return value;
  const shift = Math.min(scale - to, 31);
  return {
    ...value,
    scale: to,
    positive: shifted(positive, shift, hasError),
    negative: shifted(negative, shift, hasError),
  };
}

function shifted(buckets: Buckets, shift: number, hasError: boolean): Buckets {
  const { offset, bucketCounts } = buckets;
  if (bucketCounts.length === 0) return buckets;
  const newOffset = offset >> shift;
  const counts: number[] = [];
  for (let i = 0; i < bucketCounts.length; i++) {
    const at = ((offset + i) >> shift) - newOffset;
    counts[at] = (counts[at] ?? 0) + bucketCounts[i]!;
  }
  if (hasError && newOffset << shift !== offset) counts[0]! += bucketCounts[0]!;
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
