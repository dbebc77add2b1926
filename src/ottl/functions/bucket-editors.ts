import type { HistogramDataPoint } from '#pdata/metrics.ts';
import { OttlError, OttlParseError } from '../ottl-error.ts';
import { doubleLike, literalText, optional } from '../parameters.ts';
import { type Editors, editor } from './define.ts';

const methods = ['remove_explicit_bound', 'limit_buckets'];

/** Editors of the context `datapoint`. */
export const bucketEditors: Editors = {
  merge_histogram_buckets: editor(
    { target_value: doubleLike, method: optional(literalText) },
    ({ target_value: target, method = methods[0]! }) => {
      if (!methods.includes(method)) {
        throw new OttlParseError(
          `unsupported method ${JSON.stringify(method)}, expected "remove_explicit_bound" or "limit_buckets"`,
        );
      }
      return (context) => {
        if (context.metric.type !== 'Histogram') return;
        const point = context.point as HistogramDataPoint;
        const value = target(context);
        if (value === undefined) throw new OttlError('target_value must not be nil');
        context.point = method === 'limit_buckets' ? withBuckets(point, value) : withoutBound(point, value);
      };
    },
  ),
};

/** Merges the bucket below a bound with the next one. A point without the bound does not change. */
function withoutBound(point: HistogramDataPoint, bound: number): HistogramDataPoint {
  const { explicitBounds: bounds, bucketCounts: counts } = point;
  const index = bounds.findIndex((each) => Math.abs(each - bound) < 1e-12);
  if (index < 0 || bounds.length + 1 !== counts.length) return point;
  return {
    ...point,
    explicitBounds: bounds.toSpliced(index, 1),
    bucketCounts: counts.toSpliced(index, 2, counts[index]! + counts[index + 1]!),
  };
}

/** Merges neighboring buckets in groups of equal size, so that no more than `most` remain. */
function withBuckets(point: HistogramDataPoint, most: number): HistogramDataPoint {
  if (!Number.isInteger(most) || most < 1 || most > 2 ** 63) {
    throw new OttlError(`target_value must be a positive integer when method is "limit_buckets", got ${most}`);
  }
  const { explicitBounds: bounds, bucketCounts: counts } = point;
  if (bounds.length + 1 !== counts.length || counts.length <= most) return point;
  if (bounds.some((bound, index) => index > 0 && !(bound > bounds[index - 1]!))) return point;
  const each = Math.ceil(counts.length / most);
  const bucketCounts: number[] = [];
  for (let start = 0; start < counts.length; start += each) {
    bucketCounts.push(counts.slice(start, start + each).reduce((sum, count) => sum + count, 0));
  }
  return { ...point, explicitBounds: bounds.filter((_, index) => (index + 1) % each === 0), bucketCounts };
}
