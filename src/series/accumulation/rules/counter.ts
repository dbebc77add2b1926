import type { NumberDataPoint } from '#pdata/metrics.ts';
import type { LabelSet, NumberSeries, PrometheusExemplar } from '#prometheus/metric-family.ts';
import { lastExemplar } from '../../exemplar-view.ts';
import { type AppendOutcome, dropped } from '../../outcome.ts';
import type { SeriesIdentity } from '../../policy.ts';
import { addDifferenceTo, addTo, roundedTotal, roundingError, type Total } from '../exact-sum.ts';
import type { ByteReader } from '../state/byte-reader.ts';
import type { ByteWriter } from '../state/byte-writer.ts';
import { AccumulatedSeries } from '../streams/accumulated-series.ts';
import { CumulativeRule } from './cumulative-rule.ts';

/** A counter: the sum of the counts of all processes. */
export class CounterSeries extends AccumulatedSeries implements NumberSeries {
  total: Total = 0;
  exemplar: PrometheusExemplar | undefined = undefined;

  get kind(): 'number' {
    return 'number';
  }

  get value(): number {
    return this.isZeroHeld ? 0 : roundedTotal(this.total);
  }
}

const notANumber = dropped('not_a_number');
const negativeValue = dropped('negative_value');

/** Monotonic sums. */
export class CounterRule extends CumulativeRule<CounterSeries, NumberDataPoint, number> {
  protected override createSeries(labels: LabelSet, _: SeriesIdentity, identityHash: number): CounterSeries {
    const series = new CounterSeries(labels, this, identityHash);
    this.accumulation.initialZero.hold(series);
    return series;
  }

  protected override defectOf(point: NumberDataPoint): AppendOutcome | undefined {
    const size = this.sizeOf(point);
    if (size >= 0 && size < Number.POSITIVE_INFINITY) return undefined;
    return size < 0 ? negativeValue : notANumber;
  }

  /** A point without a value is 0, same as in the Collector. */
  override sizeOf({ value }: NumberDataPoint): number {
    return typeof value === 'number' ? value : Number(value ?? 0);
  }

  override sizeOfValue(value: number): number {
    return value;
  }

  override readonly hasSums = false;

  override sumOf(): number {
    return 0;
  }

  override read(point: NumberDataPoint): number {
    return this.sizeOf(point);
  }

  override valueOfSize(size: number): number {
    return size;
  }

  override addGrowth(series: CounterSeries, next: number, known: number | undefined): boolean {
    if (known === undefined) series.total = addTo(series.total, next);
    else series.total = addDifferenceTo(series.total, next, known);
    return true;
  }

  protected override hasFallen(next: number, known: number): boolean {
    return next < known;
  }

  protected override decorate(series: CounterSeries, point: NumberDataPoint): boolean {
    const exemplar = lastExemplar(point.exemplars);
    if (exemplar) series.exemplar = exemplar;
    return exemplar !== undefined;
  }

  override writeValue(value: number, writer: ByteWriter): void {
    writer.double(value);
  }

  override readValue(reader: ByteReader): number {
    return reader.double();
  }

  override writeTotal(series: CounterSeries, writer: ByteWriter): void {
    writer.double(roundedTotal(series.total));
    writer.double(roundingError(series.total));
  }

  override addTotal(series: CounterSeries, reader: ByteReader): void {
    series.total = addTo(addTo(series.total, reader.double()), reader.double());
  }
}
