import { truncatedInteger } from '#go/integer.ts';
import type {
  DataPoint,
  Exemplar,
  ExponentialHistogramDataPoint,
  HistogramDataPoint,
  Metric,
  NumberDataPoint,
} from '#pdata/metrics.ts';

/** Returns a point with multiplied values. Ints are truncated to ints. Summaries do not change. */
export function scaled(type: Metric['type'], point: DataPoint, factor: number): DataPoint {
  if (type === 'Gauge' || type === 'Sum') {
    const number = point as NumberDataPoint;
    return { ...number, value: times(number.value, factor) } as NumberDataPoint;
  }
  if (type === 'Histogram') {
    const histogram = point as HistogramDataPoint;
    return {
      ...histogram,
      sum: times(histogram.sum, factor),
      min: times(histogram.min, factor),
      max: times(histogram.max, factor),
      explicitBounds: histogram.explicitBounds.map((bound) => bound * factor),
      exemplars: histogram.exemplars.map(
        (exemplar): Exemplar => ({ ...exemplar, value: times(exemplar.value, factor) }),
      ),
    } as HistogramDataPoint;
  }
  return type === 'ExponentialHistogram' ? scaledExponential(point as ExponentialHistogramDataPoint, factor) : point;
}

/** Moves the indexes by the logarithm of the factor, at the histogram's own scale. */
function scaledExponential(point: ExponentialHistogramDataPoint, factor: number): ExponentialHistogramDataPoint {
  const moved = Math.trunc(Math.log2(factor) * 2 ** point.scale) | 0;
  return {
    ...point,
    sum: times(point.sum, factor) as number | undefined,
    min: times(point.min, factor) as number | undefined,
    max: times(point.max, factor) as number | undefined,
    zeroThreshold: point.zeroThreshold * factor,
    positive: { ...point.positive, offset: (point.positive.offset + moved) | 0 },
    negative: { ...point.negative, offset: (point.negative.offset + moved) | 0 },
  };
}

function times(value: number | bigint | undefined, factor: number): number | bigint | undefined {
  if (typeof value === 'bigint') return truncatedInteger(Number(value) * factor);
  return value === undefined ? undefined : value * factor;
}
