import type { Exemplar, HistogramDataPoint } from '#pdata/metrics.ts';
import type { HistogramSeries, LabelSet, PrometheusExemplar } from '#prometheus/metric-family.ts';
import { bucketExemplars } from '../../exemplar-view.ts';
import type { AppendOutcome } from '../../outcome.ts';
import { ExactSum } from '../exact-sum.ts';
import type { ByteReader } from '../state/byte-reader.ts';
import type { ByteWriter } from '../state/byte-writer.ts';
import { addHead, writeHead } from '../state/series-head-codec.ts';
import { AccumulatedSeries } from '../streams/accumulated-series.ts';
import { CumulativeRule } from './cumulative-rule.ts';
import { type BoundedCounts, boundedCounts, isSameList, projected, sharedBounds } from './shared-bounds.ts';

/** What is remembered of a histogram point. A sum that is absent or not finite adds nothing. */
interface HistogramValue extends BoundedCounts {
  readonly count: number;
  readonly sum: number;
}

/** The sum of the histograms of all processes, with the bounds that all of them had. */
export class AccumulatedHistogram extends AccumulatedSeries implements HistogramSeries {
  readonly kind = 'histogram';
  /** Undefined until the first point. */
  bounds: readonly number[] | undefined = undefined;
  counts: number[] = [];
  totalCount = 0;
  readonly totalSum = new ExactSum();
  pointExemplars: readonly Exemplar[] = [];

  get count(): number {
    return this.isHeld ? 0 : this.totalCount;
  }

  get sum(): number {
    return this.isHeld ? 0 : this.totalSum.value;
  }

  get upperBounds(): readonly number[] {
    return this.bounds ?? [];
  }

  get cumulativeCounts(): readonly number[] {
    let below = 0;
    return this.upperBounds.map((_, i) => {
      below += this.counts[i]!;
      return this.isHeld ? 0 : below;
    });
  }

  get exemplars(): readonly (PrometheusExemplar | undefined)[] | undefined {
    return bucketExemplars(this.pointExemplars, this.upperBounds);
  }
}

/**
 * Histograms with explicit bounds, bucket by bucket. Where bounds differ, those that all share remain; count and sum stay exact.
 * `min` and `max` have no place in Prometheus' histograms and are not kept.
 */
export class HistogramRule extends CumulativeRule<AccumulatedHistogram, HistogramDataPoint, HistogramValue> {
  /** The bounds read last: most points have the same, and share the array. */
  #bounds: readonly number[] = [];

  protected override createSeries(labels: LabelSet): AccumulatedHistogram {
    const series = new AccumulatedHistogram(labels, this);
    this.accumulation.zeroFirst.hold(series);
    return series;
  }

  protected override defectOf(): AppendOutcome | undefined {
    return undefined;
  }

  protected override sizeOf(point: HistogramDataPoint): number {
    return point.count;
  }

  protected override sizeOfValue(value: HistogramValue): number {
    return value.count;
  }

  protected override read(point: HistogramDataPoint): HistogramValue {
    const { bounds, counts } = boundedCounts(point.explicitBounds, point.bucketCounts);
    if (!isSameList(bounds, this.#bounds)) this.#bounds = bounds;
    // A copy: see exponential-histogram.ts.
    return { bounds: this.#bounds, counts: counts.slice(), count: point.count, sum: finite(point.sum) };
  }

  protected override add(
    series: AccumulatedHistogram,
    next: HistogramValue,
    known: HistogramValue | undefined,
  ): boolean {
    const bounds = series.bounds === undefined ? next.bounds : sharedBounds(series.bounds, next.bounds);
    const added = projected(next, bounds);
    // What the stream had before is among the same bounds, or they would not be shared.
    const before = known && projected(known, bounds);
    if (before?.some((count, i) => count > added[i]!)) return false;
    if (bounds !== series.bounds) {
      const { bounds: old, counts } = series;
      series.counts = old ? [...projected({ bounds: old, counts }, bounds)] : added.map(() => 0);
      series.bounds = bounds;
    }
    for (let i = 0; i <= bounds.length; i++) series.counts[i]! += added[i]! - (before?.[i] ?? 0);
    series.totalCount += next.count - (known?.count ?? 0);
    series.totalSum.addDifference(next.sum, known?.sum ?? 0);
    return true;
  }

  protected override decorate(series: AccumulatedHistogram, point: HistogramDataPoint): boolean {
    if (point.exemplars.length > 0) series.pointExemplars = point.exemplars;
    return point.exemplars.length > 0;
  }

  protected override writeValue(value: HistogramValue, writer: ByteWriter): void {
    writer.uint(value.count);
    writer.double(value.sum);
    writer.doubles(value.bounds);
    writer.uints(value.counts);
  }

  protected override readValue(reader: ByteReader): HistogramValue {
    const value = { count: reader.uint(), sum: reader.double(), bounds: reader.doubles(), counts: reader.uints() };
    if (!isSameList(value.bounds, this.#bounds)) this.#bounds = value.bounds;
    return { ...value, bounds: this.#bounds };
  }

  override writeTotal(series: AccumulatedHistogram, writer: ByteWriter): void {
    writeHead(series, writer);
    writer.uint(series.totalCount);
    writer.double(series.totalSum.value);
    writer.double(series.totalSum.rest);
    writer.boolean(series.bounds !== undefined);
    writer.doubles(series.upperBounds);
    writer.uints(series.counts);
  }

  override addTotal(series: AccumulatedHistogram, reader: ByteReader): void {
    addHead(series, reader);
    const count = reader.uint();
    const sum = reader.double();
    const rest = reader.double();
    const hasBounds = reader.boolean();
    const value = { bounds: reader.doubles(), counts: reader.uints(), count, sum };
    if (!hasBounds) return;
    this.add(series, value, undefined);
    series.totalSum.add(rest);
  }
}

function finite(sum: number | undefined): number {
  return sum !== undefined && Number.isFinite(sum) ? sum : 0;
}
