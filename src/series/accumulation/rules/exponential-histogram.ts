import type { Buckets, ExponentialHistogramDataPoint } from '#pdata/metrics.ts';
import type { LabelSet } from '#prometheus/metric-family.ts';
import { addToClassic } from '../../classic-buckets.ts';
import type { ExponentialValue } from '../../exponential-merge.ts';
import { nativeDefect } from '../../native-histogram.ts';
import { type AppendOutcome, dropped } from '../../outcome.ts';
import type { ByteReader } from '../state/byte-reader.ts';
import type { ByteWriter } from '../state/byte-writer.ts';
import { readBuckets, readExponential, writeBuckets, writeExponential } from '../state/exponential-codec.ts';
import { addHead, writeHead } from '../state/series-head-codec.ts';
import { AccumulatedExponential } from './accumulated-exponential.ts';
import { CumulativeRule } from './cumulative-rule.ts';
import { coarserBuckets, grownBuckets } from './exponential-buckets.ts';
import { isSameList } from './shared-bounds.ts';

/** The SDKs' finest scale is 20. */
const maxScale = 62;

const unsupportedScale = dropped('unsupported_scale');
const bucketSumMismatch = dropped('bucket_sum_mismatch');

/** Exponential histograms: brought to the coarser scale, then added bucket by bucket; the larger zero threshold stays. */
export class ExponentialHistogramRule extends CumulativeRule<
  AccumulatedExponential,
  ExponentialHistogramDataPoint,
  ExponentialValue
> {
  protected override createSeries(labels: LabelSet): AccumulatedExponential {
    const series = new AccumulatedExponential(labels, this);
    this.accumulation.zeroFirst.hold(series);
    return series;
  }

  /** What Prometheus would not take must not get into a total: it could never be taken out again. */
  protected override defectOf(point: ExponentialHistogramDataPoint): AppendOutcome | undefined {
    const { scale, positive, negative } = point;
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

  protected override sizeOf(point: ExponentialHistogramDataPoint): number {
    return point.count;
  }

  protected override sizeOfValue(value: ExponentialValue): number {
    return value.count;
  }

  protected override read(point: ExponentialHistogramDataPoint): ExponentialValue {
    const { scale, count, zeroCount } = point;
    // Senders keep 160 buckets of which a short life fills one or two. Copied also because the decoder's arrays are garbage to V8
    // as long as none is kept: else it makes all of them where only a full collection frees them.
    const positive = coarserBuckets(point.positive, 0);
    const negative = coarserBuckets(point.negative, 0);
    const zeroThreshold = point.zeroThreshold >= 0 && Number.isFinite(point.zeroThreshold) ? point.zeroThreshold : 0;
    const sum = point.sum !== undefined && Number.isFinite(point.sum) ? point.sum : 0;
    return { scale, count, sum, zeroCount, zeroThreshold, positive, negative };
  }

  protected override add(
    series: AccumulatedExponential,
    next: ExponentialValue,
    known: ExponentialValue | undefined,
  ): boolean {
    const growth = known ? growthOf(next, known) : next;
    if (!growth) return false;
    addToClassic(series.classicCounts, this.accumulation.classicBounds, growth);
    series.addBuckets(growth);
    series.totalCount += growth.count;
    series.totalZeroCount += growth.zeroCount;
    series.totalSum.addDifference(next.sum ?? 0, known?.sum ?? 0);
    series.threshold = Math.max(series.threshold, next.zeroThreshold);
    return true;
  }

  protected override decorate(series: AccumulatedExponential, point: ExponentialHistogramDataPoint): boolean {
    if (point.exemplars.length > 0) series.pointExemplars = point.exemplars;
    return point.exemplars.length > 0;
  }

  protected override writeValue(value: ExponentialValue, writer: ByteWriter): void {
    writeExponential(value, writer);
  }

  protected override readValue(reader: ByteReader): ExponentialValue {
    return readExponential(reader);
  }

  override writeTotal(series: AccumulatedExponential, writer: ByteWriter): void {
    writeHead(series, writer);
    writer.uint(series.totalCount);
    writer.double(series.totalSum.value);
    writer.double(series.totalSum.rest);
    writer.uint(series.totalZeroCount);
    writer.double(series.threshold);
    writer.double(series.scale);
    writeBuckets(series.positiveBuckets, writer);
    writeBuckets(series.negativeBuckets, writer);
    writer.doubles(this.accumulation.classicBounds);
    writer.uints(series.classicCounts);
  }

  override addTotal(series: AccumulatedExponential, reader: ByteReader): void {
    addHead(series, reader);
    const count = reader.uint();
    series.totalSum.restore(reader.double(), reader.double());
    const zeroCount = reader.uint();
    const zeroThreshold = reader.double();
    const scale = reader.double();
    const total = { scale, zeroCount, zeroThreshold, positive: readBuckets(reader), negative: readBuckets(reader) };
    if (scale !== Number.POSITIVE_INFINITY) series.addBuckets(total);
    series.totalCount += count;
    series.totalZeroCount += zeroCount;
    series.threshold = Math.max(series.threshold, zeroThreshold);
    this.#addClassic(series, { total, bounds: reader.doubles(), counts: reader.uints() });
  }

  /** With other bounds than when it was written, the buckets of the total are all that is known. */
  #addClassic(
    { classicCounts }: AccumulatedExponential,
    stored: { total: Parameters<typeof addToClassic>[2]; bounds: readonly number[]; counts: readonly number[] },
  ): void {
    const { classicBounds } = this.accumulation;
    if (!isSameList(stored.bounds, classicBounds)) addToClassic(classicCounts, classicBounds, stored.total);
    else for (const [i, count] of stored.counts.entries()) classicCounts[i]! += count;
  }
}

/** What a stream counted since `known`, at the coarser of both scales; undefined when something fell. */
function growthOf(next: ExponentialValue, known: ExponentialValue): ExponentialValue | undefined {
  const scale = Math.min(next.scale, known.scale);
  const side = (name: 'positive' | 'negative') =>
    grownBuckets(coarserBuckets(next[name], next.scale - scale), coarserBuckets(known[name], known.scale - scale));
  const positive = side('positive');
  const negative = side('negative');
  const zeroCount = next.zeroCount - known.zeroCount;
  if (!positive || !negative || zeroCount < 0) return undefined;
  return { ...next, scale, zeroCount, positive, negative, count: next.count - known.count };
}

/** True when all populated buckets lie where doubles are: others would only make the total coarse. */
function reachesDoubles({ offset, bucketCounts }: Buckets, scale: number): boolean {
  if (scale > maxScale) return false;
  const reach = 1100 * 2 ** scale + 1;
  return bucketCounts.length === 0 || (offset >= -reach && offset + bucketCounts.length - 1 <= reach);
}
