import type { NativeHistogramSeries, Series } from '#prometheus/metric-family.ts';

/** Values between bounds: `count` observations in `(lower, upper]`. */
interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
}

/**
 * Estimates a quantile of a histogram or summary, `q` from 0 to 1. Classic and native buckets are evaluated like in
 * `histogram_quantile`. A summary has only the quantiles that it reports. NaN if nothing was observed.
 */
export function quantileOf(series: Series, q: number): number {
  switch (series.kind) {
    case 'histogram':
      return linear(classic(series.upperBounds, series.cumulativeCounts, series.count), series.count, q);
    case 'nativeHistogram':
      return native(series, q);
    case 'summary': {
      const index = series.quantiles.findIndex((quantile) => quantile >= q);
      return series.values[index < 0 ? series.values.length - 1 : index] ?? Number.NaN;
    }
    default:
      return Number.NaN;
  }
}

function classic(upperBounds: readonly number[], cumulativeCounts: readonly number[], count: number): Bucket[] {
  let lower = Math.min(0, upperBounds[0] ?? 0);
  let below = 0;
  const buckets = upperBounds.map((upper, i) => {
    const bucket = { lower, upper, count: (cumulativeCounts[i] ?? 0) - below };
    below = cumulativeCounts[i] ?? 0;
    lower = upper;
    return bucket;
  });
  return [...buckets, { lower, upper: Number.POSITIVE_INFINITY, count: count - below }];
}

/** Interpolates linearly within a bucket. The last bucket has no end, so its beginning is the estimate. */
function linear(buckets: readonly Bucket[], count: number, q: number): number {
  let rank = q * count;
  for (const bucket of buckets) {
    if (bucket.count > 0 && rank <= bucket.count) {
      if (bucket.upper === Number.POSITIVE_INFINITY) return bucket.lower;
      return bucket.lower + (bucket.upper - bucket.lower) * (rank / bucket.count);
    }
    rank -= bucket.count;
  }
  return count > 0 ? (buckets.at(-1)?.lower ?? Number.NaN) : Number.NaN;
}

function native(series: NativeHistogramSeries, q: number): number {
  const { schema, zeroCount, zeroThreshold, positive, negative, count } = series;
  const base = 2 ** (2 ** -schema);
  const positives = bucketsOf(positive).map(([index, n]) => ({
    lower: base ** (index - 1),
    upper: base ** index,
    count: n,
  }));
  const negatives = bucketsOf(negative).map(([index, n]) => ({
    lower: -(base ** index),
    upper: -(base ** (index - 1)),
    count: n,
  }));
  const zero = { lower: negatives.length > 0 ? -zeroThreshold : 0, upper: zeroThreshold, count: zeroCount };
  return exponential([...negatives.reverse(), zero, ...positives], count, q);
}

/** Returns buckets of spans and deltas as index and count. */
function bucketsOf({ spans, deltas }: NativeHistogramSeries['positive']): [index: number, count: number][] {
  const buckets: [number, number][] = [];
  let index = 0;
  let count = 0;
  let next = 0;
  for (const { offset, length } of spans) {
    index += offset;
    for (let i = 0; i < length; i++) {
      count += deltas[next++] ?? 0;
      buckets.push([index++, count]);
    }
  }
  return buckets;
}

/** Same as `linear`, with exponential interpolation, as Prometheus does for native histograms. */
function exponential(buckets: readonly Bucket[], count: number, q: number): number {
  let rank = q * count;
  for (const { lower, upper, count: n } of buckets) {
    if (n > 0 && rank <= n) {
      const share = rank / n;
      if (lower <= 0 && upper >= 0) return lower + (upper - lower) * share;
      return lower > 0 ? lower * (upper / lower) ** share : -(-lower * (upper / lower) ** share);
    }
    rank -= n;
  }
  return Number.NaN;
}
