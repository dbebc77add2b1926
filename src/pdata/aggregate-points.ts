import { toByteString } from '#bytes/utf8.ts';
import type { Attributes } from './attributes.ts';
import { added } from './exponential-buckets.ts';
import type { ExponentialHistogramDataPoint, HistogramDataPoint, Metric, NumberDataPoint } from './metrics.ts';
import { valueText } from './value-text.ts';

/** Combines several numbers into one. */
export type Aggregation = (values: readonly (number | bigint)[]) => number | bigint;

const order = (a: number | bigint, b: number | bigint) => (a < b ? -1 : a > b ? 1 : 0);
const total = (values: readonly (number | bigint)[]): number | bigint =>
  values.every((value) => typeof value === 'bigint')
    ? values.reduce((sum, value) => sum + value, 0n)
    : values.reduce<number>((sum, value) => sum + Number(value), 0);

/** Aggregations by name. Same as the Collector: the mean of integers is truncated to an integer. */
export const aggregations: Readonly<Record<string, Aggregation>> = {
  sum: total,
  min: (values) => [...values].sort(order)[0]!,
  max: (values) => [...values].sort(order).at(-1)!,
  count: (values) => (typeof values[0] === 'bigint' ? BigInt(values.length) : values.length),
  mean: (values) => {
    const sum = total(values);
    return typeof sum === 'bigint' ? sum / BigInt(values.length) : sum / values.length;
  },
  median: (values) => {
    const sorted = [...values].sort(order);
    const middle = Math.floor(sorted.length / 2);
    if (sorted.length % 2 === 1) return sorted[middle]!;
    const sum = total([sorted[middle - 1]!, sorted[middle]!]);
    return typeof sum === 'bigint' ? sum / 2n : sum / 2;
  },
};

/**
 * Keeps only the given attributes (all if `kept` is undefined) and merges points whose attributes have become equal.
 */
export function aggregated(metric: Metric, kept: ReadonlySet<string> | undefined, aggregation: Aggregation): Metric {
  const reduce = (attributes: Attributes): Attributes =>
    kept ? { entries: attributes.entries.filter((entry) => kept.has(entry.key)) } : attributes;
  switch (metric.type) {
    case 'Gauge':
    case 'Sum': {
      const isDelta = metric.type === 'Sum' && metric.aggregationTemporality === 1;
      return {
        ...metric,
        dataPoints: merged(metric.dataPoints, reduce, isDelta, (points) => numbers(points, aggregation)),
      };
    }
    case 'Histogram': {
      const isDelta = metric.aggregationTemporality === 1;
      return { ...metric, dataPoints: merged(metric.dataPoints, reduce, isDelta, histograms) };
    }
    case 'ExponentialHistogram': {
      const isDelta = metric.aggregationTemporality === 1;
      return { ...metric, dataPoints: merged(metric.dataPoints, reduce, isDelta, exponentialHistograms) };
    }
    default:
      return metric;
  }
}

function merged<Point extends NumberDataPoint | Distribution>(
  points: readonly Point[],
  reduce: (attributes: Attributes) => Attributes,
  isDelta: boolean,
  merge: (group: readonly Point[]) => Point,
): Point[] {
  const groups = new Map<string, Point[]>();
  for (const point of points) {
    const attributes = reduce(point.attributes);
    const texts = attributes.entries.map(
      ({ key, value }) => `${toByteString(key)}\0${typeof value}\0${valueText(value)}`,
    );
    const shape = 'count' in point ? shapeOf(point) : [];
    const key = [point.timeUnixNano, isDelta ? point.startTimeUnixNano : '', ...shape, ...texts.sort()].join('\u0001');
    const group = groups.get(key) ?? [];
    if (group.length === 0) groups.set(key, group);
    group.push({ ...point, attributes });
  }
  return [...groups.values()].map((group) => (group.length === 1 ? group[0]! : merge(group)));
}

const earliest = (points: readonly { startTimeUnixNano: bigint }[]) =>
  points.reduce(
    (least, point) => (point.startTimeUnixNano < least ? point.startTimeUnixNano : least),
    points[0]!.startTimeUnixNano,
  );

function numbers(points: readonly NumberDataPoint[], aggregation: Aggregation): NumberDataPoint {
  const values = points.flatMap((point) => point.value ?? []);
  return {
    ...points[0]!,
    startTimeUnixNano: earliest(points),
    value: values.length > 0 ? aggregation(values) : undefined,
  };
}

type Distribution = HistogramDataPoint | ExponentialHistogramDataPoint;

/** Returns the properties that must be equal in histograms that are added up. */
function shapeOf(point: Distribution): readonly unknown[] {
  const layout = 'scale' in point ? point.scale : point.explicitBounds.join();
  return [layout, point.min !== undefined, point.max !== undefined, point.flags];
}

/** Combines count, sum, minimum, maximum, and exemplars of several points. Ignores points without observations. */
function totals<Point extends Distribution>([first, ...others]: readonly Point[]): Point {
  const filled = others.filter(({ count }) => count > 0);
  const all = [first!, ...filled];
  return {
    ...first!,
    startTimeUnixNano: earliest(all),
    count: all.reduce((total, { count }) => total + count, 0),
    sum: all.some((point) => point.sum === undefined) ? undefined : all.reduce((total, point) => total + point.sum!, 0),
    min: extreme(
      all.map(({ min }) => min),
      Math.min,
    ),
    max: extreme(
      all.map(({ max }) => max),
      Math.max,
    ),
    exemplars: all.flatMap(({ exemplars }) => exemplars),
  };
}

/** Adds histograms up, bucket by bucket. */
function histograms(points: readonly HistogramDataPoint[]): HistogramDataPoint {
  const bucketCounts = [...points[0]!.bucketCounts];
  for (const point of points.slice(1)) {
    for (const [index, count] of point.bucketCounts.entries()) bucketCounts[index] = (bucketCounts[index] ?? 0) + count;
  }
  return { ...totals(points), bucketCounts };
}

function exponentialHistograms(points: readonly ExponentialHistogramDataPoint[]): ExponentialHistogramDataPoint {
  return {
    ...totals(points),
    zeroCount: points.reduce((total, { zeroCount }) => total + zeroCount, 0),
    positive: points.map(({ positive }) => positive).reduce(added),
    negative: points.map(({ negative }) => negative).reduce(added),
  };
}

function extreme(values: readonly (number | undefined)[], choose: (...values: number[]) => number): number | undefined {
  const present = values.filter((value) => value !== undefined);
  return present.length === 0 ? undefined : choose(...present);
}
