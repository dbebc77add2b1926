import type { Buckets, Exemplar, ExponentialHistogramDataPoint } from '../../../../pdata/metrics.ts';
import type {
  LabelSet,
  NativeBuckets,
  NativeHistogramSeries,
  PrometheusExemplar,
} from '../../exposition/metric-family.ts';
import { prometheusExemplar } from '../../series/exemplar-view.ts';
import { maxNativeSchema, nativeBuckets, nativeDefect, nativeZeroThreshold } from '../../series/native-histogram.ts';
import { refused, type Verdict } from '../../series/verdict.ts';
import { addToClassic, cumulated } from '../classic-buckets.ts';
import { ExactSum } from '../exact-sum.ts';
import type { ExponentialValue } from '../exponential-merge.ts';
import type { ByteReader } from '../state/byte-reader.ts';
import type { ByteWriter } from '../state/byte-writer.ts';
import { readBuckets, readExponential, writeBuckets, writeExponential } from '../state/exponential-codec.ts';
import { addHead, writeHead } from '../state/series-head-codec.ts';
import { AccumulatedSeries } from '../streams/accumulated-series.ts';
import { CumulativeRule } from './cumulative-rule.ts';
import {
  coarserBuckets,
  grownBuckets,
  joinedBuckets,
  noBuckets,
  populatedRange,
  stepsToFit,
} from './exponential-buckets.ts';
import { isSameList } from './shared-bounds.ts';

/** Buckets of a total on each side of zero: as many as the SDKs keep of one stream. A wider range becomes coarser. */
export const maxBuckets = 160;

/** The sum of the exponential histograms of all processes, as coarse as the coarsest of them. */
export class AccumulatedExponential extends AccumulatedSeries implements NativeHistogramSeries {
  readonly kind = 'nativeHistogram';
  scale = Number.POSITIVE_INFINITY;
  totalCount = 0;
  readonly totalSum = new ExactSum();
  totalZeroCount = 0;
  threshold = 0;
  positiveBuckets: Buckets = noBuckets;
  negativeBuckets: Buckets = noBuckets;
  /** Classic buckets add up by themselves, each point at its own scale: they are finer than the total, and never fall. */
  readonly classicCounts: number[];
  readonly #classicBounds: readonly number[];
  pointExemplars: readonly Exemplar[] = [];

  constructor(labels: LabelSet, rule: ExponentialHistogramRule) {
    super(labels, rule);
    this.#classicBounds = rule.accumulation.classicBounds;
    this.classicCounts = new Array<number>(this.#classicBounds.length).fill(0);
  }

  get count(): number {
    return this.isHeld ? 0 : this.totalCount;
  }

  get sum(): number {
    return this.isHeld ? 0 : this.totalSum.value;
  }

  get schema(): number {
    return Math.min(this.scale, maxNativeSchema);
  }

  get zeroThreshold(): number {
    return nativeZeroThreshold(this.threshold);
  }

  get zeroCount(): number {
    return this.isHeld ? 0 : this.totalZeroCount;
  }

  get positive(): NativeBuckets {
    return nativeBuckets(this.isHeld ? noBuckets : this.positiveBuckets, this.scale);
  }

  get negative(): NativeBuckets {
    return nativeBuckets(this.isHeld ? noBuckets : this.negativeBuckets, this.scale);
  }

  get exemplars(): readonly PrometheusExemplar[] {
    return this.pointExemplars.map(prometheusExemplar);
  }

  get classic(): NativeHistogramSeries['classic'] {
    const upperBounds = this.#classicBounds;
    if (upperBounds.length === 0) return undefined;
    const cumulativeCounts = this.isHeld ? upperBounds.map(() => 0) : cumulated(this.classicCounts);
    return { upperBounds, cumulativeCounts };
  }
}

/** The SDKs' finest scale is 20. */
const maxScale = 62;

const unsupportedScale = refused('unsupported_scale');
const bucketSumMismatch = refused('bucket_sum_mismatch');

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
  protected override defectOf(point: ExponentialHistogramDataPoint): Verdict | undefined {
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
    addBuckets(series, growth);
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
    if (scale !== Number.POSITIVE_INFINITY) addBuckets(series, total);
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

function addBuckets(
  series: AccumulatedExponential,
  growth: Pick<ExponentialValue, 'scale' | 'positive' | 'negative'>,
): void {
  if (!populatedRange(growth.positive) && !populatedRange(growth.negative)) {
    // Nothing that a scale could describe.
    if (series.scale === Number.POSITIVE_INFINITY) series.scale = growth.scale;
    return;
  }
  const isFirst = !populatedRange(series.positiveBuckets) && !populatedRange(series.negativeBuckets);
  let scale = isFirst ? growth.scale : Math.min(series.scale, growth.scale);
  const brought = (side: 'positive' | 'negative') =>
    [
      coarserBuckets(series[`${side}Buckets`], series.scale - scale),
      coarserBuckets(growth[side], growth.scale - scale),
    ] as const;
  const steps = (side: 'positive' | 'negative') => stepsToFit(...brought(side), maxBuckets);
  scale -= Math.max(steps('positive'), steps('negative'));
  series.positiveBuckets = joinedBuckets(...brought('positive'));
  series.negativeBuckets = joinedBuckets(...brought('negative'));
  series.scale = scale;
}

/** True when all populated buckets lie where doubles are: others would only make the total coarse. */
function reachesDoubles({ offset, bucketCounts }: Buckets, scale: number): boolean {
  if (scale > maxScale) return false;
  const reach = 1100 * 2 ** scale + 1;
  return bucketCounts.length === 0 || (offset >= -reach && offset + bucketCounts.length - 1 <= reach);
}
