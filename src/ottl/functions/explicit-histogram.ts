import { goExp } from '#go/exp.ts';
import type { Buckets, ExponentialHistogramDataPoint, HistogramDataPoint } from '#pdata/metrics.ts';
import { OttlParseError } from '../ottl-error.ts';
import { literalDoubles, literalText } from '../parameters.ts';
import { editor } from './define.ts';

/** A bucket of an exponential histogram: values greater than `lower` up to `upper`. */
interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
}

/**
 * Distributes the observations of one bucket over the buckets between explicit bounds. The last bucket has no bound.
 */
type Distribution = (bucket: Bucket, bounds: readonly number[], counts: number[]) => void;

/** Returns the index of the bucket that contains a value. */
function bucketOf(value: number, bounds: readonly number[]): number {
  const index = bounds.findIndex((bound) => value <= bound);
  return index < 0 ? bounds.length : index;
}

/** Returns the buckets that overlap a range of values, with their shares. */
function overlaps({ lower, upper }: Bucket, bounds: readonly number[]): readonly { index: number; share: number }[] {
  const found: { index: number; share: number }[] = [];
  for (let index = bucketOf(lower, bounds); index <= bounds.length; index++) {
    const start = Math.max(lower, bounds[index - 1] ?? Number.NEGATIVE_INFINITY);
    const end = Math.min(upper, bounds[index] ?? Number.POSITIVE_INFINITY);
    if (end > start) found.push({ index, share: (end - start) / (upper - lower) });
    if (end >= upper) break;
  }
  return found.length > 0 ? found : [{ index: bucketOf(upper, bounds), share: 1 }];
}

const distributions: Readonly<Record<string, Distribution>> = {
  upper: ({ upper, count }, bounds, counts) => {
    counts[bucketOf(upper, bounds)]! += count;
  },
  midpoint: ({ lower, upper, count }, bounds, counts) => {
    counts[bucketOf((lower + upper) / 2, bounds)]! += count;
  },
  uniform: (bucket, bounds, counts) => {
    const shared = overlaps(bucket, bounds);
    const each = Math.floor(bucket.count / shared.length);
    const rest = bucket.count - each * shared.length;
    for (const [position, { index }] of shared.entries()) counts[index]! += each + (position < rest ? 1 : 0);
  },
  // In proportion to the width; the remainder at random.
  random: (bucket, bounds, counts) => {
    const shared = overlaps(bucket, bounds);
    let rest = bucket.count;
    for (const { index, share } of shared) {
      const part = Math.floor(bucket.count * share);
      counts[index]! += part;
      rest -= part;
    }
    // The remainder is less than one per bucket.
    for (; rest > 0; rest--) counts[shared[Math.floor(Math.random() * shared.length)]!.index]!++;
  },
};

/** Converts exponential histograms to explicit ones. */
export const explicitHistogram = editor(
  { distribution_fn: literalText, explicit_bounds: literalDoubles },
  ({ distribution_fn: name, explicit_bounds: bounds }) => {
    const distribute = Object.hasOwn(distributions, name || 'random') ? distributions[name || 'random'] : undefined;
    if (!distribute) {
      throw new OttlParseError(
        `invalid distribution algorithm: ${name}, must be one of [upper, midpoint, random, uniform]`,
      );
    }
    if (bounds.length === 0) throw new OttlParseError('explicit bounds cannot be empty');
    if (bounds.some((bound, index) => index > 0 && !(bound > bounds[index - 1]!))) {
      throw new OttlParseError('explicit bounds must increase');
    }
    return (context) => {
      const { metric } = context;
      if (metric.type !== 'ExponentialHistogram') return;
      const { descriptor, aggregationTemporality } = metric;
      const dataPoints = metric.dataPoints.map((point) => converted(point, bounds, distribute));
      context.metric = { type: 'Histogram', descriptor, aggregationTemporality, dataPoints };
    };
  },
);

function converted(
  point: ExponentialHistogramDataPoint,
  bounds: readonly number[],
  distribute: Distribution,
): HistogramDataPoint {
  const counts: number[] = new Array(bounds.length + 1).fill(0);
  for (const bucket of bucketsOf(point.positive, point.scale)) distribute(bucket, bounds, counts);
  for (const { lower, upper, count } of bucketsOf(point.negative, point.scale)) {
    distribute({ lower: -upper, upper: -lower, count }, bounds, counts);
  }
  counts[bucketOf(0, bounds)]! += point.zeroCount;
  const { attributes, startTimeUnixNano, timeUnixNano, flags, count, sum, min, max, exemplars } = point;
  const times = { attributes, startTimeUnixNano, timeUnixNano, flags };
  return { ...times, count, sum, min, max, exemplars, explicitBounds: bounds, bucketCounts: counts };
}

function bucketsOf({ offset, bucketCounts }: Buckets, scale: number): Bucket[] {
  const factor = Math.LN2 * 2 ** -scale;
  const bound = (index: number) => goExp(index * factor);
  return bucketCounts.flatMap((count, position) =>
    count === 0 ? [] : { lower: bound(offset + position), upper: bound(offset + position + 1), count },
  );
}
