import type { SummaryDataPoint, ValueAtQuantile } from '#pdata/metrics.ts';
import type { LabelSet, SummarySeries } from '#prometheus/metric-family.ts';
import { shownQuantiles } from '../../last-value/summary.ts';
import type { AppendOutcome } from '../../outcome.ts';
import { beforeAllTimes, signedTime } from '../../point-times.ts';
import type { SeriesIdentity } from '../../policy.ts';
import { ExactSum } from '../exact-sum.ts';
import type { ByteReader } from '../state/byte-reader.ts';
import type { ByteWriter } from '../state/byte-writer.ts';
import { AccumulatedSeries } from '../streams/accumulated-series.ts';
import { CumulativeRule } from './cumulative-rule.ts';
import { addSum, fromZeroSum, keptSum } from './point-sum.ts';

interface SummaryValue {
  readonly count: number;
  /** See point-sum.ts. */
  readonly sum: number;
}

/** A summary: count and sum of all processes, and the quantiles of the latest point. */
export class AccumulatedSummary extends AccumulatedSeries implements SummarySeries {
  readonly kind = 'summary';
  count = 0;
  readonly totalSum = new ExactSum();
  quantileValues: readonly ValueAtQuantile[] = [];
  /** Time of the point with the quantiles, signed. */
  latestUnixNano = beforeAllTimes;

  get sum(): number {
    return this.totalSum.value;
  }

  get quantiles(): readonly number[] {
    return this.quantileValues.map(({ quantile }) => quantile);
  }

  get values(): readonly number[] {
    return this.quantileValues.map(({ value }) => value);
  }
}

/** Summaries. Quantiles cannot be added; those of the latest point are shown. */
export class SummaryRule extends CumulativeRule<AccumulatedSummary, SummaryDataPoint, SummaryValue> {
  protected override createSeries(labels: LabelSet, _: SeriesIdentity, identityHash: number): AccumulatedSummary {
    return new AccumulatedSummary(labels, this, identityHash);
  }

  protected override defectOf({ sum }: SummaryDataPoint): AppendOutcome | undefined {
    if (!Number.isFinite(sum)) this.accumulation.streams.counters.nonFiniteSums.add(1);
    return undefined;
  }

  override sizeOf(point: SummaryDataPoint): number {
    return point.count;
  }

  override sizeOfValue(value: SummaryValue): number {
    return value.count;
  }

  override readonly hasSums = true;

  override sumOf(point: SummaryDataPoint): number {
    return point.sum;
  }

  override fromZero(value: SummaryValue): SummaryValue {
    return fromZeroSum(value);
  }

  override valueOfSize(): undefined {
    return undefined;
  }

  override read({ count, sum }: SummaryDataPoint, known?: SummaryValue): SummaryValue {
    return { count, sum: keptSum(sum, known?.sum) };
  }

  override addGrowth(series: AccumulatedSummary, next: SummaryValue, known: SummaryValue | undefined): boolean {
    series.count += next.count - (known?.count ?? 0);
    addSum(series.totalSum, next.sum, known?.sum);
    return true;
  }

  protected override hasFallen(next: SummaryValue, known: SummaryValue): boolean {
    return next.count < known.count;
  }

  protected override decorate(series: AccumulatedSummary, { timeUnixNano, quantileValues }: SummaryDataPoint): boolean {
    const time = signedTime(timeUnixNano);
    if (time < series.latestUnixNano) return false;
    series.latestUnixNano = time;
    series.quantileValues = shownQuantiles(quantileValues);
    return true;
  }

  override writeValue({ count, sum }: SummaryValue, writer: ByteWriter): void {
    writer.uint(count);
    writer.double(sum);
  }

  override readValue(reader: ByteReader): SummaryValue {
    return { count: reader.uint(), sum: reader.double() };
  }

  override writeTotal(series: AccumulatedSummary, writer: ByteWriter): void {
    writer.uint(series.count);
    writer.double(series.totalSum.value);
    writer.double(series.totalSum.rest);
    writer.uint64(series.latestUnixNano);
    writer.doubles(series.quantiles);
    writer.doubles(series.values);
  }

  override addTotal(series: AccumulatedSummary, reader: ByteReader): void {
    series.count += reader.uint();
    series.totalSum.restore(reader.double(), reader.double());
    series.latestUnixNano = signedTime(reader.uint64());
    const quantiles = reader.doubles();
    const values = reader.doubles();
    series.quantileValues = quantiles.map((quantile, i) => ({ quantile, value: values[i] ?? 0 }));
  }
}
