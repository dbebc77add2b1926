import { formatFixed6, formatSignedFloat } from '#go/format.ts';
import type {
  ExponentialHistogramDataPoint,
  HistogramDataPoint,
  NumberDataPoint,
  SummaryDataPoint,
} from '#pdata/metrics.ts';
import { exponentialBound } from '../exponential-bound.ts';
import { countText } from '../text.ts';

/** Returns the text after `name{attributes} ` on the line of a number point; `''` if the point has no value. */
export function numberText({ value }: NumberDataPoint): string {
  if (value === undefined) return '';
  return typeof value === 'bigint' ? value.toString() : formatSignedFloat(value);
}

/** Returns the values of a histogram point in one line, same as the Collector. */
export function histogramText(point: HistogramDataPoint): string {
  let text = head(point);
  for (const [i, count] of point.bucketCounts.entries()) {
    const bound = point.explicitBounds[i];
    text += bound === undefined ? ` ${countText(count)}` : ` le${formatSignedFloat(bound)}=${countText(count)}`;
  }
  return text;
}

/** Returns the values of an exponential histogram point in one line: negative buckets, the zero bucket, positive buckets. */
export function exponentialHistogramText(point: ExponentialHistogramDataPoint): string {
  const { scale, zeroCount, positive, negative } = point;
  let text = head(point);
  for (let i = negative.bucketCounts.length - 1; i >= 0; i--) {
    const bound = formatSignedFloat(-exponentialBound(scale, negative.offset + i));
    text += ` le${bound}=${countText(negative.bucketCounts[i]!)}`;
  }
  if (zeroCount !== 0) text += ` zero=${countText(zeroCount)}`;
  for (const [i, count] of positive.bucketCounts.entries()) {
    text += ` le${formatSignedFloat(exponentialBound(scale, positive.offset + i + 1))}=${countText(count)}`;
  }
  return text;
}

/** Returns the values of a summary point in one line. */
export function summaryText({ count, sum, quantileValues }: SummaryDataPoint): string {
  let text = `count=${countText(count)} sum=${formatFixed6(sum)}`;
  for (const { quantile, value } of quantileValues) {
    text += ` q${formatSignedFloat(quantile)}=${formatSignedFloat(value)}`;
  }
  return text;
}

function head({ count, sum, min, max }: HistogramDataPoint | ExponentialHistogramDataPoint): string {
  let text = `count=${countText(count)}`;
  if (sum !== undefined) text += ` sum=${formatSignedFloat(sum)}`;
  if (min !== undefined) text += ` min=${formatSignedFloat(min)}`;
  if (max !== undefined) text += ` max=${formatSignedFloat(max)}`;
  return text;
}
