import { added, downscaled, neededDownscale } from './exponential-buckets.ts';
import type {
  DataPoint,
  ExponentialHistogramDataPoint,
  HistogramDataPoint,
  Metric,
  NumberDataPoint,
} from './metrics.ts';

/** Maximum number of buckets on each side of an exponential histogram. */
const maxBuckets = 160;

/** Adds a delta point to the state of its stream. `type` is that of their metric: a sum or a histogram. */
export function addedUp(type: Metric['type'], state: DataPoint, point: DataPoint): DataPoint {
  if (type === 'Sum') return addNumbers(state as NumberDataPoint, point as NumberDataPoint);
  if (type === 'Histogram') return addHistograms(state as HistogramDataPoint, point as HistogramDataPoint);
  return addExponentials(state as ExponentialHistogramDataPoint, point as ExponentialHistogramDataPoint);
}

/**
 * Adds a point to the state. Same as in the Collector, the kind of the point decides: a state of the other kind counts
 * as zero.
 */
function addNumbers(state: NumberDataPoint, point: NumberDataPoint): NumberDataPoint {
  const value =
    typeof point.value === 'bigint'
      ? BigInt.asIntN(64, point.value + (typeof state.value === 'bigint' ? state.value : 0n))
      : (point.value ?? 0) + (typeof state.value === 'number' ? state.value : 0);
  return { ...state, value };
}

/** Adds a point to the state, bucket by bucket. A point with other bounds starts again. */
function addHistograms(state: HistogramDataPoint, point: HistogramDataPoint): HistogramDataPoint {
  const sameBounds =
    state.explicitBounds.length === point.explicitBounds.length &&
    state.explicitBounds.every((bound, index) => bound === point.explicitBounds[index]);
  if (!sameBounds) return point;
  const length = Math.max(state.bucketCounts.length, point.bucketCounts.length);
  return {
    ...state,
    count: state.count + point.count,
    bucketCounts: Array.from(
      { length },
      (_, index) => (state.bucketCounts[index] ?? 0) + (point.bucketCounts[index] ?? 0),
    ),
    ...statistics(state, point),
  };
}

/** Adds a point to the state at the coarser of their scales, or at a coarser one if there are too many buckets. */
export function addExponentials(
  state: ExponentialHistogramDataPoint,
  point: ExponentialHistogramDataPoint,
): ExponentialHistogramDataPoint {
  const common = Math.min(state.scale, point.scale);
  const scaled = (each: ExponentialHistogramDataPoint, scale: number) => ({
    positive: downscaled(each.positive, each.scale - scale),
    negative: downscaled(each.negative, each.scale - scale),
  });
  const [a, b] = [scaled(state, common), scaled(point, common)];
  const further = Math.max(
    neededDownscale(a.positive, b.positive, maxBuckets),
    neededDownscale(a.negative, b.negative, maxBuckets),
  );
  return {
    ...state,
    scale: common - further,
    count: state.count + point.count,
    zeroCount: state.zeroCount + point.zeroCount,
    zeroThreshold: Math.max(state.zeroThreshold, point.zeroThreshold),
    positive: added(downscaled(a.positive, further), downscaled(b.positive, further)),
    negative: added(downscaled(a.negative, further), downscaled(b.negative, further)),
    ...statistics(state, point),
  };
}

interface Statistics {
  readonly sum: number | undefined;
  readonly min: number | undefined;
  readonly max: number | undefined;
}

/** Combines sum, minimum, and maximum. Each remains only if both sides have it. */
function statistics(a: Statistics, b: Statistics): Statistics {
  const both = (x: number | undefined, y: number | undefined, join: (x: number, y: number) => number) =>
    x === undefined || y === undefined ? undefined : join(x, y);
  return {
    sum: both(a.sum, b.sum, (x, y) => x + y),
    min: both(a.min, b.min, Math.min),
    max: both(a.max, b.max, Math.max),
  };
}
