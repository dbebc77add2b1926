import type { Buckets, ExponentialHistogramDataPoint } from '#pdata/metrics.ts';
import type { LabelSet } from '#prometheus/metric-family.ts';
import { addToClassic } from '../../classic-buckets.ts';
import type { ExponentialValue } from '../../exponential-merge.ts';
import { nativeDefect } from '../../native-histogram.ts';
import { type AppendOutcome, dropped } from '../../outcome.ts';
import type { SeriesIdentity } from '../../policy.ts';
import type { ByteReader } from '../state/byte-reader.ts';
import type { ByteWriter } from '../state/byte-writer.ts';
import { readBuckets, readExponential, writeBuckets, writeExponential } from '../state/exponential-codec.ts';
import { AccumulatedExponential } from './accumulated-exponential.ts';
import { CumulativeRule } from './cumulative-rule.ts';
import { coarserBuckets, grownBuckets } from './exponential-buckets.ts';
import { addSum, fromZeroSum, keptSum } from './point-sum.ts';
import { isSameList } from './shared-bounds.ts';
import { coveredByZero, raisedThreshold, type ZeroCovered } from './zero-bucket.ts';

/** The SDKs' finest scale is 20. */
const maxScale = 62;

const unsupportedScale = dropped('unsupported_scale');
const bucketSumMismatch = dropped('bucket_sum_mismatch');

/** Exponential histograms: reduced to the coarser scale and the larger zero threshold, then added bucket by bucket. */
export class ExponentialHistogramRule extends CumulativeRule<
  AccumulatedExponential,
  ExponentialHistogramDataPoint,
  ExponentialValue
> {
  protected override createSeries(
    labels: LabelSet,
    { metric }: SeriesIdentity,
    identityHash: number,
  ): AccumulatedExponential {
    const bounds = this.accumulation.classicBounds(metric.descriptor.unit);
    const series = new AccumulatedExponential(labels, this, identityHash, bounds);
    this.accumulation.initialZero.hold(series);
    return series;
  }

  /** A point that Prometheus would refuse must not be added to a total, because it could never be removed again. */
  protected override defectOf(point: ExponentialHistogramDataPoint): AppendOutcome | undefined {
    const { scale, positive, negative, sum } = point;
    if (sum !== undefined && !Number.isFinite(sum)) this.accumulation.streams.counters.nonFiniteSums.add(1);
    if (!reachesDoubles(positive, scale) || !reachesDoubles(negative, scale)) return unsupportedScale;
    switch (nativeDefect({ ...point, sum: 0 })) {
      case 'unsupported_scale':
        return unsupportedScale;
      case 'bucket_sum_mismatch':
        return bucketSumMismatch;
      default:
        return undefined;
    }
  }

  override sizeOf(point: ExponentialHistogramDataPoint): number {
    return point.count;
  }

  override sizeOfValue(value: ExponentialValue): number {
    return value.count;
  }

  override readonly hasSums = true;

  override sumOf(point: ExponentialHistogramDataPoint): number {
    return point.sum ?? 0;
  }

  override fromZero(value: ExponentialValue): ExponentialValue {
    return fromZeroSum(value);
  }

  override valueOfSize(): undefined {
    return undefined;
  }

  override read(point: ExponentialHistogramDataPoint, known?: ExponentialValue): ExponentialValue {
    const { scale, count, zeroCount } = point;
    // SDKs have 160 buckets, of which a short-lived process fills one or two. A copy, because V8 frees the decoder's
    // arrays with the young generation only if none of them is retained.
    const positive = coarserBuckets(point.positive, 0);
    const negative = coarserBuckets(point.negative, 0);
    const zeroThreshold = point.zeroThreshold >= 0 && Number.isFinite(point.zeroThreshold) ? point.zeroThreshold : 0;
    const sum = keptSum(point.sum, known?.sum);
    return { scale, count, sum, zeroCount, zeroThreshold, positive, negative };
  }

  override addGrowth(
    series: AccumulatedExponential,
    next: ExponentialValue,
    known: ExponentialValue | undefined,
  ): boolean {
    const growth = known ? growthOf(next, known) : next;
    if (!growth) return false;
    addToClassic(series.classicCounts, series.classicBounds, growth);
    series.addBuckets(growth);
    series.totalCount += growth.count;
    addSum(series.totalSum, next.sum ?? Number.NaN, known && (known.sum ?? Number.NaN));
    return true;
  }

  protected override hasFallen(next: ExponentialValue, known: ExponentialValue): boolean {
    return growthOf(next, known) === undefined;
  }

  protected override decorate(series: AccumulatedExponential, point: ExponentialHistogramDataPoint): boolean {
    if (point.exemplars.length > 0) series.pointExemplars = point.exemplars;
    return point.exemplars.length > 0;
  }

  override writeValue(value: ExponentialValue, writer: ByteWriter): void {
    writeExponential(value, writer);
  }

  override readValue(reader: ByteReader): ExponentialValue {
    return readExponential(reader);
  }

  override writeTotal(series: AccumulatedExponential, writer: ByteWriter): void {
    writer.uint(series.totalCount);
    writer.double(series.totalSum.value);
    writer.double(series.totalSum.rest);
    writer.uint(series.totalZeroCount);
    writer.double(series.threshold);
    writer.double(series.scale);
    writeBuckets(series.positiveBuckets, writer);
    writeBuckets(series.negativeBuckets, writer);
    writer.doubles(series.classicBounds);
    writer.uints(series.classicCounts);
  }

  override addTotal(series: AccumulatedExponential, reader: ByteReader): void {
    const count = reader.uint();
    series.totalSum.restore(reader.double(), reader.double());
    const zeroCount = reader.uint();
    const zeroThreshold = reader.double();
    const scale = reader.double();
    const total = { scale, zeroCount, zeroThreshold, positive: readBuckets(reader), negative: readBuckets(reader) };
    if (scale !== Number.POSITIVE_INFINITY) series.addBuckets(total);
    series.totalCount += count;
    addStoredClassic(series, { total, bounds: reader.doubles(), counts: reader.uints() });
  }
}

/** If the bounds differ from those of the stored total, only its exponential buckets are known. */
function addStoredClassic(
  { classicBounds, classicCounts }: AccumulatedExponential,
  stored: { total: Parameters<typeof addToClassic>[2]; bounds: readonly number[]; counts: readonly number[] },
): void {
  if (!isSameList(stored.bounds, classicBounds)) addToClassic(classicCounts, classicBounds, stored.total);
  else for (const [i, count] of stored.counts.entries()) classicCounts[i]! += count;
}

/**
 * Returns the growth of a stream since `known`, at the coarser scale and the larger zero threshold. Undefined if any
 * part decreased.
 */
function growthOf(next: ExponentialValue, known: ExponentialValue): ExponentialValue | undefined {
  const scale = Math.min(next.scale, known.scale);
  const [grown, before] = atOneThreshold(atScale(next, scale), atScale(known, scale));
  const positive = grownBuckets(grown.positive, before.positive);
  const negative = grownBuckets(grown.negative, before.negative);
  const zeroCount = grown.zeroCount - before.zeroCount;
  if (!positive || !negative || zeroCount < 0) return undefined;
  const { zeroThreshold } = grown;
  return { ...next, scale, zeroThreshold, zeroCount, positive, negative, count: next.count - known.count };
}

function atScale(value: ExponentialValue, scale: number): ExponentialValue {
  const steps = value.scale - scale;
  return {
    ...value,
    scale,
    positive: coarserBuckets(value.positive, steps),
    negative: coarserBuckets(value.negative, steps),
  };
}

/** Reduces two values of one scale to one zero threshold. */
function atOneThreshold(a: ExponentialValue, b: ExponentialValue): readonly [ZeroCovered, ZeroCovered] {
  if (a.zeroThreshold === b.zeroThreshold) return [a, b];
  const threshold = Math.max(a.zeroThreshold, b.zeroThreshold);
  const raised = Math.max(raisedThreshold(a, threshold), raisedThreshold(b, threshold));
  return [coveredByZero(a, raised), coveredByZero(b, raised)];
}

/** Whether all buckets are within the range of doubles. Others would only make the total coarser. */
function reachesDoubles({ offset, bucketCounts }: Buckets, scale: number): boolean {
  if (scale > maxScale) return false;
  const reach = 1100 * 2 ** scale + 1;
  return bucketCounts.length === 0 || (offset >= -reach && offset + bucketCounts.length - 1 <= reach);
}
