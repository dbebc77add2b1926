import { type NumberDataPoint, temporality } from '#pdata/metrics.ts';
import type { LabelSet, NumberSeries } from '#prometheus/metric-family.ts';
import { type AppendOutcome, changed, dropped, unchanged } from '../../outcome.ts';
import type { PointContext } from '../../policy.ts';
import { ExactSum } from '../exact-sum.ts';
import type { ByteReader } from '../state/byte-reader.ts';
import type { ByteWriter } from '../state/byte-writer.ts';
import { readDeltaWindows, writeDeltaWindows } from '../state/delta-windows-codec.ts';
import { addHead, writeHead } from '../state/series-head-codec.ts';
import { AccumulatedSeries } from '../streams/accumulated-series.ts';
import { DeltaWindows } from '../streams/delta-windows.ts';
import { deltaStart, type Stream } from '../streams/stream.ts';
import { type StreamContent, StreamRule } from './stream-rule.ts';

/** A sum that may fall: what all live streams have now, plus all deltas. */
export class UpDownCounterSeries extends AccumulatedSeries implements NumberSeries {
  readonly kind = 'number';
  readonly exemplar = undefined;
  readonly total = new ExactSum();

  get value(): number {
    return this.total.value;
  }
}

const notANumber = dropped('not_a_number');
const outOfOrder = dropped('out_of_order');
const duplicateDelta = dropped('duplicate_delta');

/** Non-monotonic sums: the sum of the last values of the live streams. A stream that falls silent takes its value along. */
export class UpDownCounterRule extends StreamRule {
  protected override createSeries(labels: LabelSet): UpDownCounterSeries {
    return new UpDownCounterSeries(labels, this);
  }

  override accept(series: UpDownCounterSeries, point: NumberDataPoint, context: PointContext): AppendOutcome {
    const value = Number(point.value ?? 0);
    if (!Number.isFinite(value)) return notANumber;
    const { metric } = context;
    if (metric.type === 'Sum' && metric.aggregationTemporality === temporality.delta) {
      return this.#acceptDelta(series, point, context);
    }
    const { streams, stateWriter } = this.accumulation;
    const key = { startTimeUnixNano: point.startTimeUnixNano, process: context.process };
    const stream = series.streams.find(key) as Stream<number> | undefined;
    if (!stream) {
      streams.open(series, key, { value, timeUnixNano: point.timeUnixNano, context });
      series.total.add(value);
      return this.#changed(series, point);
    }
    streams.heard(stream, context.arrivalMs);
    if (point.timeUnixNano < stream.timeUnixNano) return outOfOrder;
    if (value === stream.value && point.timeUnixNano === stream.timeUnixNano) {
      streams.repeated();
      return unchanged;
    }
    series.total.addDifference(value, stream.value);
    stream.value = value;
    stream.timeUnixNano = point.timeUnixNano;
    stateWriter.streamChanged(stream);
    return this.#changed(series, point);
  }

  override end(series: UpDownCounterSeries, point: NumberDataPoint, context: PointContext): 'keep' {
    const key = { startTimeUnixNano: point.startTimeUnixNano, process: context.process };
    const stream = series.streams.find(key);
    if (stream && point.timeUnixNano >= stream.timeUnixNano) this.accumulation.streams.end(stream);
    return 'keep';
  }

  override forgotten(stream: Stream): void {
    if (stream.startTimeUnixNano === deltaStart) return;
    const series = stream.series as UpDownCounterSeries;
    series.total.add(-(stream.value as number));
    this.accumulation.stateWriter.seriesChanged(series);
    this.accumulation.shown(series);
  }

  #acceptDelta(series: UpDownCounterSeries, point: NumberDataPoint, context: PointContext): AppendOutcome {
    const { streams, stateWriter } = this.accumulation;
    const key = { startTimeUnixNano: deltaStart, process: context.process };
    let stream = series.streams.find(key) as Stream<DeltaWindows> | undefined;
    if (stream) streams.heard(stream, context.arrivalMs);
    else stream = streams.open(series, key, { value: new DeltaWindows(), timeUnixNano: 0n, context });
    const value = Number(point.value ?? 0);
    if (!stream.value.take(point.startTimeUnixNano, point.timeUnixNano, value)) return duplicateDelta;
    series.total.add(value);
    stateWriter.streamChanged(stream);
    return this.#changed(series, point);
  }

  #changed(series: UpDownCounterSeries, point: NumberDataPoint): AppendOutcome {
    series.noteStart(point.startTimeUnixNano);
    series.noteTime(point.timeUnixNano);
    this.accumulation.stateWriter.seriesChanged(series);
    return changed;
  }

  override writeTotal(series: UpDownCounterSeries, writer: ByteWriter): void {
    writeHead(series, writer);
    writer.double(series.total.value);
    writer.double(series.total.rest);
  }

  override addTotal(series: UpDownCounterSeries, reader: ByteReader): void {
    addHead(series, reader);
    series.total.restore(reader.double(), reader.double());
  }

  override writeStream(stream: Stream, writer: ByteWriter): void {
    if (stream.startTimeUnixNano === deltaStart) writeDeltaWindows(stream.value as DeltaWindows, writer);
    else writer.double(stream.value as number);
  }

  override readStream(reader: ByteReader, startTimeUnixNano: bigint): StreamContent {
    const value = startTimeUnixNano === deltaStart ? readDeltaWindows(reader) : reader.double();
    return { value, first: value, baselineUnixNano: undefined };
  }
}
