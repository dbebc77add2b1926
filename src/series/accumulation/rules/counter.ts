import type { NumberDataPoint } from '#pdata/metrics.ts';
import type { LabelSet, NumberSeries, PrometheusExemplar } from '#prometheus/metric-family.ts';
import { lastExemplar } from '../../exemplar-view.ts';
import { type AppendOutcome, dropped } from '../../outcome.ts';
import { ExactSum } from '../exact-sum.ts';
import type { ByteReader } from '../state/byte-reader.ts';
import type { ByteWriter } from '../state/byte-writer.ts';
import { addHead, writeHead } from '../state/series-head-codec.ts';
import { AccumulatedSeries } from '../streams/accumulated-series.ts';
import { CumulativeRule } from './cumulative-rule.ts';

/** A counter: the sum of what all processes counted. */
export class CounterSeries extends AccumulatedSeries implements NumberSeries {
  readonly kind = 'number';
  readonly total = new ExactSum();
  exemplar: PrometheusExemplar | undefined = undefined;

  get value(): number {
    return this.isHeld ? 0 : this.total.value;
  }
}

const notANumber = dropped('not_a_number');
const regression = dropped('regression');

/** Monotonic sums. */
export class CounterRule extends CumulativeRule<CounterSeries, NumberDataPoint, number> {
  protected override createSeries(labels: LabelSet): CounterSeries {
    const series = new CounterSeries(labels, this);
    this.accumulation.zeroFirst.hold(series);
    return series;
  }

  protected override defectOf(point: NumberDataPoint): AppendOutcome | undefined {
    const size = this.sizeOf(point);
    if (size >= 0 && size < Number.POSITIVE_INFINITY) return undefined;
    // Below 0 a counter has fallen before it was ever seen.
    return size < 0 ? regression : notANumber;
  }

  /** A point without a value is 0, as in the collector. */
  protected override sizeOf({ value }: NumberDataPoint): number {
    return typeof value === 'number' ? value : Number(value ?? 0);
  }

  protected override sizeOfValue(value: number): number {
    return value;
  }

  protected override read(point: NumberDataPoint): number {
    return this.sizeOf(point);
  }

  protected override add({ total }: CounterSeries, next: number, known: number | undefined): boolean {
    if (known === undefined) total.add(next);
    else total.addDifference(next, known);
    return true;
  }

  protected override decorate(series: CounterSeries, point: NumberDataPoint): boolean {
    const exemplar = lastExemplar(point.exemplars);
    if (exemplar) series.exemplar = exemplar;
    return exemplar !== undefined;
  }

  protected override writeValue(value: number, writer: ByteWriter): void {
    writer.double(value);
  }

  protected override readValue(reader: ByteReader): number {
    return reader.double();
  }

  override writeTotal(series: CounterSeries, writer: ByteWriter): void {
    writeHead(series, writer);
    writer.double(series.total.value);
    writer.double(series.total.rest);
  }

  override addTotal(series: CounterSeries, reader: ByteReader): void {
    addHead(series, reader);
    series.total.restore(reader.double(), reader.double());
  }
}
