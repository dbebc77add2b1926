import type { Exemplar, HistogramDataPoint } from '#pdata/metrics.ts';
import type { HistogramSeries, LabelSet, PrometheusExemplar } from '#prometheus/metric-family.ts';
import { bucketExemplars, keptExemplars } from '../../exemplar-view.ts';
import type { AppendOutcome } from '../../outcome.ts';
import type { SeriesIdentity } from '../../policy.ts';
import { ExactSum } from '../exact-sum.ts';
import type { ByteReader } from '../state/byte-reader.ts';
import type { ByteWriter } from '../state/byte-writer.ts';
import { AccumulatedSeries } from '../streams/accumulated-series.ts';
import { CumulativeRule } from './cumulative-rule.ts';
import { addSum, fromZeroSum, keptSum } from './point-sum.ts';
import { type BoundedCounts, boundedCounts, isSameList, projected, sharedBounds, total } from './shared-bounds.ts';

/** State of a histogram point. Without bounds, it has the buckets of the previous value. */
export interface HistogramValue extends BoundedCounts {
  readonly count: number;
  /** See point-sum.ts. */
  readonly sum: number;
}

/** The sum of the histograms of all processes, with the bounds that all of them share. */
export class AccumulatedHistogram extends AccumulatedSeries implements HistogramSeries {
  readonly kind = 'histogram';
  /** Undefined until the first point with bounds. */
  bounds: readonly number[] | undefined = undefined;
  counts: number[] = [];
  totalCount = 0;
  readonly totalSum = new ExactSum();
  pointExemplars: readonly Exemplar[] = [];

  get count(): number {
    return this.isZeroHeld ? 0 : this.totalCount;
  }

  get sum(): number {
    return this.isZeroHeld ? 0 : this.totalSum.value;
  }

  get upperBounds(): readonly number[] {
    return this.bounds ?? [];
  }

  get cumulativeCounts(): readonly number[] {
    let below = 0;
    return this.upperBounds.map((_, i) => {
      below += this.counts[i]!;
      return this.isZeroHeld ? 0 : below;
    });
  }

  get exemplars(): readonly (PrometheusExemplar | undefined)[] | undefined {
    return bucketExemplars(this.pointExemplars, this.upperBounds);
  }
}

/**
 * Histograms with explicit bounds, added bucket by bucket. If bounds differ, only the bounds that all streams share
 * remain; count and sum stay exact. A point without bounds adds only to count, sum, and `+Inf`. Prometheus' histograms
 * have no `min` and `max`.
 */
export class HistogramRule extends CumulativeRule<AccumulatedHistogram, HistogramDataPoint, HistogramValue> {
  /** Bounds of the previous point. Most points have the same bounds and share the array. */
  #bounds: readonly number[] = [];

  protected override createSeries(labels: LabelSet, _: SeriesIdentity, identityHash: number): AccumulatedHistogram {
    const series = new AccumulatedHistogram(labels, this, identityHash);
    this.accumulation.initialZero.hold(series);
    return series;
  }

  protected override defectOf(
    { sum, count, bucketCounts }: HistogramDataPoint,
    series: AccumulatedHistogram,
  ): AppendOutcome | undefined {
    if (sum !== undefined && !Number.isFinite(sum)) this.accumulation.streams.counters.nonFiniteSums.add(1);
    if (bucketCounts.length > 0 && total(bucketCounts) !== count) this.accumulation.odd('bucket_sum_mismatch', series);
    return undefined;
  }

  override sizeOf(point: HistogramDataPoint): number {
    return point.count;
  }

  override sizeOfValue(value: HistogramValue): number {
    return value.count;
  }

  override readonly hasSums = true;

  override sumOf(point: HistogramDataPoint): number {
    return point.sum ?? 0;
  }

  override fromZero(value: HistogramValue): HistogramValue {
    return fromZeroSum(value);
  }

  override valueOfSize(): undefined {
    return undefined;
  }

  override read(point: HistogramDataPoint, known?: HistogramValue): HistogramValue {
    const sum = keptSum(point.sum, known?.sum);
    const { bounds, counts } = boundedCounts(point.explicitBounds, point.bucketCounts);
    if (bounds.length === 0) {
      return { bounds: known?.bounds ?? noBounds, counts: known?.counts ?? noCounts, count: point.count, sum };
    }
    if (!isSameList(bounds, this.#bounds)) this.#bounds = bounds;
    // A copy: see exponential-histogram.ts.
    return { bounds: this.#bounds, counts: counts.slice(), count: point.count, sum };
  }

  override addGrowth(series: AccumulatedHistogram, next: HistogramValue, known: HistogramValue | undefined): boolean {
    if (next.bounds.length > 0 && !this.#addBuckets(series, next, known)) return false;
    series.totalCount += next.count - (known?.count ?? 0);
    addSum(series.totalSum, next.sum, known?.sum);
    return true;
  }

  #addBuckets(series: AccumulatedHistogram, next: HistogramValue, known: HistogramValue | undefined): boolean {
    const bounds = series.bounds === undefined ? next.bounds : sharedBounds(series.bounds, next.bounds);
    // The buckets that a stream counted before it had bounds are unknown.
    const before = known && projected(known.bounds.length > 0 ? known : next, bounds);
    const added = projected(next, bounds);
    // The bounds of `known` were also shared, so that it can be projected.
    if (before !== undefined && isAnyHigher(before, added)) return false;
    if (bounds !== series.bounds) {
      const { bounds: old, counts } = series;
      series.counts = old ? [...projected({ bounds: old, counts }, bounds)] : added.map(() => 0);
      series.bounds = bounds;
    }
    const { counts } = series;
    if (before === undefined) for (let i = 0; i <= bounds.length; i++) counts[i]! += added[i]!;
    else for (let i = 0; i <= bounds.length; i++) counts[i]! += added[i]! - before[i]!;
    return true;
  }

  protected override hasFallen(next: HistogramValue, known: HistogramValue): boolean {
    if (!isSameList(next.bounds, known.bounds)) return false;
    return known.counts.some((count, i) => count > next.counts[i]!);
  }

  protected override decorate(series: AccumulatedHistogram, point: HistogramDataPoint): boolean {
    if (point.exemplars.length > 0) series.pointExemplars = keptExemplars(point.exemplars, series);
    return point.exemplars.length > 0;
  }

  override writeValue(value: HistogramValue, writer: ByteWriter): void {
    writer.uint(value.count);
    writer.double(value.sum);
    writer.doubles(value.bounds);
    writer.uints(value.counts);
  }

  override readValue(reader: ByteReader): HistogramValue {
    const value = { count: reader.uint(), sum: reader.double(), bounds: reader.doubles(), counts: reader.uints() };
    if (!isSameList(value.bounds, this.#bounds)) this.#bounds = value.bounds;
    return { ...value, bounds: this.#bounds };
  }

  override writeTotal(series: AccumulatedHistogram, writer: ByteWriter): void {
    writer.uint(series.totalCount);
    writer.double(series.totalSum.value);
    writer.double(series.totalSum.rest);
    writer.boolean(series.bounds !== undefined);
    writer.doubles(series.upperBounds);
    writer.uints(series.counts);
  }

  override addTotal(series: AccumulatedHistogram, reader: ByteReader): void {
    const count = reader.uint();
    const sum = reader.double();
    const rest = reader.double();
    const hasBounds = reader.boolean();
    const value = { bounds: reader.doubles(), counts: reader.uints(), count, sum };
    // Streams without shared bounds have one bucket.
    if (hasBounds) this.#addBuckets(series, value, undefined);
    this.addGrowth(series, { ...value, bounds: noBounds }, undefined);
    series.totalSum.add(rest);
  }
}

/** Whether a count is higher than the other list's at the same place. */
function isAnyHigher(counts: readonly number[], others: readonly number[]): boolean {
  for (let i = 0; i < counts.length; i++) if (counts[i]! > others[i]!) return true;
  return false;
}

const noBounds: readonly number[] = [];
const noCounts: readonly number[] = [];
