import { type DataPoint, type HistogramMetric, type SumMetric, temporality } from '#pdata/metrics.ts';
import { type AppendOutcome, changed, dropped, unchanged } from '../../outcome.ts';
import type { PointContext } from '../../policy.ts';
import type { ByteReader } from '../state/byte-reader.ts';
import type { ByteWriter } from '../state/byte-writer.ts';
import { readDeltaWindows, writeDeltaWindows } from '../state/delta-windows-codec.ts';
import type { AccumulatedSeries } from '../streams/accumulated-series.ts';
import { DeltaWindows } from '../streams/delta-windows.ts';
import { deltaStart, type Stream } from '../streams/stream.ts';
import { type StreamContent, StreamRule } from './stream-rule.ts';

const outOfOrder = dropped('out_of_order');
const regression = dropped('regression');
const duplicateDelta = dropped('duplicate_delta');

/**
 * What only grows: monotonic sums and histograms. A series' total is the sum, over all streams, of the highest value seen
 * minus the stream's baseline. The total is kept up to date at each point, so a forgotten stream needs no further step.
 */
export abstract class CumulativeRule<
  Series extends AccumulatedSeries,
  Point extends DataPoint,
  Value,
> extends StreamRule {
  /** Why the point can't be added to anything, or undefined. */
  protected abstract defectOf(point: Point): AppendOutcome | undefined;
  /** How much was counted: grows with every observation. */
  protected abstract sizeOf(point: Point): number;
  protected abstract sizeOfValue(value: Value): number;
  /** What must be remembered of a point. */
  protected abstract read(point: Point): Value;
  /** Adds `next − known` (`known` undefined: all of `next`) to the total; false, and no change, if a part of it would fall. */
  protected abstract add(series: Series, next: Value, known: Value | undefined): boolean;
  protected abstract writeValue(value: Value, writer: ByteWriter): void;
  protected abstract readValue(reader: ByteReader): Value;
  /** Takes what is shown of a point besides its value; true when that changed the page. */
  protected abstract decorate(series: Series, point: Point): boolean;

  override accept(series: Series, point: Point, context: PointContext): AppendOutcome {
    if (series.bornScrape < 0) series.bornScrape = context.scrape;
    const defect = this.defectOf(point);
    if (defect) return defect;
    if ((context.metric as SumMetric | HistogramMetric).aggregationTemporality === temporality.delta) {
      return this.#acceptDelta(series, point, context);
    }
    key.startTimeUnixNano = point.startTimeUnixNano;
    key.process = context.process;
    const stream = series.streams.find(key) as Stream<Value> | undefined;
    if (!stream) return this.#begin(series, point, context);
    this.accumulation.streams.heard(stream, context.arrivalMs);
    if (this.#isHistory(stream, point)) this.#countWhole(series, stream);
    return this.#advance(series, stream, point);
  }

  /** Nothing to do: the total has what the stream counted, and a late repeat must still be recognised. */
  override end(): 'keep' {
    return 'keep';
  }

  #begin(series: Series, point: Point, context: PointContext): AppendOutcome {
    const { streams } = this.accumulation;
    const { startTimeUnixNano, timeUnixNano } = point;
    const siblings = series.streams.ofStart(startTimeUnixNano);
    const birth = streams.birthOf(siblings, point);
    const read = this.read(point);
    const value = birth === 'twin' ? this.#copied(read, siblings) : read;
    const stream = streams.open(series, key, { value, timeUnixNano, context });
    if (birth === 'fresh') {
      this.add(series, value, undefined);
      series.noteStart(startTimeUnixNano);
    } else {
      stream.baselineUnixNano = timeUnixNano;
      this.add(series, value, value);
    }
    return this.#changed(series, point);
  }

  /**
   * What a twin has copied: its own first value, but no less than what its elder was first seen with. When the child's copy
   * arrived before its parent's own first point, the parent is the twin, and only what it counts beyond the copy is new.
   */
  #copied(value: Value, siblings: readonly Stream[]): Value {
    const elder = siblings.find(({ baselineUnixNano }) => baselineUnixNano === undefined) as Stream<Value> | undefined;
    return elder && this.sizeOfValue(elder.first) > this.sizeOfValue(value) ? elder.first : value;
  }

  /** The point is from before this state began: the stream is replayed history, although a later point of it came first. */
  #isHistory(stream: Stream, { startTimeUnixNano, timeUnixNano }: Point): boolean {
    if (stream.baselineUnixNano === undefined) return false;
    const { epochUnixNano } = this.accumulation.streams;
    if (startTimeUnixNano >= epochUnixNano || timeUnixNano >= epochUnixNano) return false;
    return stream.series.streams.ofStart(startTimeUnixNano).length === 1;
  }

  #countWhole(series: Series, stream: Stream<Value>): void {
    this.add(series, stream.first, undefined);
    stream.baselineUnixNano = undefined;
    series.noteStart(stream.startTimeUnixNano);
    this.accumulation.stateWriter.streamChanged(stream);
    this.accumulation.stateWriter.seriesChanged(series);
    this.accumulation.shown(series);
  }

  #advance(series: Series, stream: Stream<Value>, point: Point): AppendOutcome {
    const size = this.sizeOf(point);
    const known = this.sizeOfValue(stream.value);
    if (size > known) return this.#grow(series, stream, point);
    if (size === known) return this.#unchanged(series, stream, point);
    return this.#lower(series, stream, point);
  }

  #grow(series: Series, stream: Stream<Value>, point: Point): AppendOutcome {
    const value = this.read(point);
    if (!this.add(series, value, stream.value)) return regression;
    stream.value = value;
    stream.timeUnixNano = point.timeUnixNano;
    // What counts whole is noted since it began.
    if (stream.baselineUnixNano !== undefined) series.noteStart(point.startTimeUnixNano);
    this.accumulation.stateWriter.streamChanged(stream);
    return this.#changed(series, point);
  }

  #unchanged(series: Series, stream: Stream<Value>, point: Point): AppendOutcome {
    if (point.timeUnixNano > stream.timeUnixNano) {
      stream.timeUnixNano = point.timeUnixNano;
      series.noteTime(point.timeUnixNano);
    } else {
      this.accumulation.streams.repeated();
    }
    const isVisible = this.decorate(series, point) || series.variant.family.sendsTimestamps;
    return isVisible ? changed : unchanged;
  }

  #lower(series: Series, stream: Stream<Value>, point: Point): AppendOutcome {
    const { startTimeUnixNano, timeUnixNano } = point;
    if (timeUnixNano < (stream.baselineUnixNano ?? stream.timeUnixNano)) return this.#earlier(series, stream, point);
    if (timeUnixNano < stream.timeUnixNano) return outOfOrder;
    if (startTimeUnixNano !== 0n || timeUnixNano === stream.timeUnixNano) return regression;
    // The start is unknown, so a drop is the only sign of a restart.
    stream.value = this.read(point);
    stream.first = stream.value;
    stream.timeUnixNano = timeUnixNano;
    stream.baselineUnixNano = undefined;
    this.add(series, stream.value, undefined);
    this.accumulation.stateWriter.streamChanged(stream);
    return this.#changed(series, point);
  }

  /** A point from before the first one that arrived: the order of arrival must not matter. */
  #earlier(series: Series, stream: Stream<Value>, point: Point): AppendOutcome {
    if (this.sizeOf(point) >= this.sizeOfValue(stream.first)) return outOfOrder;
    if (stream.baselineUnixNano === undefined) {
      stream.first = this.read(point);
      this.accumulation.stateWriter.streamChanged(stream);
      return outOfOrder;
    }
    const siblings = series.streams.ofStart(point.startTimeUnixNano);
    const first = this.#copied(this.read(point), siblings);
    if (this.sizeOfValue(first) >= this.sizeOfValue(stream.first)) return outOfOrder;
    if (!this.add(series, stream.first, first)) return regression;
    stream.first = first;
    stream.baselineUnixNano = point.timeUnixNano;
    series.noteStart(point.startTimeUnixNano);
    this.accumulation.stateWriter.streamChanged(stream);
    return this.#changed(series, point);
  }

  #acceptDelta(series: Series, point: Point, context: PointContext): AppendOutcome {
    const { streams, stateWriter } = this.accumulation;
    key.startTimeUnixNano = deltaStart;
    key.process = context.process;
    let stream = series.streams.find(key) as Stream<DeltaWindows> | undefined;
    if (stream) streams.heard(stream, context.arrivalMs);
    else stream = streams.open(series, key, { value: new DeltaWindows(), timeUnixNano: 0n, context });
    if (!stream.value.take(point.startTimeUnixNano, point.timeUnixNano, this.sizeOf(point))) return duplicateDelta;
    this.add(series, this.read(point), undefined);
    series.noteStart(point.startTimeUnixNano);
    stateWriter.streamChanged(stream);
    return this.#changed(series, point);
  }

  #changed(series: Series, point: Point): AppendOutcome {
    series.noteTime(point.timeUnixNano);
    this.decorate(series, point);
    this.accumulation.stateWriter.seriesChanged(series);
    return changed;
  }

  override writeStream(stream: Stream, writer: ByteWriter): void {
    if (stream.startTimeUnixNano === deltaStart) {
      writeDeltaWindows(stream.value as DeltaWindows, writer);
      return;
    }
    const { value, first, baselineUnixNano } = stream as Stream<Value>;
    this.writeValue(value, writer);
    writer.uint((baselineUnixNano !== undefined ? hasBaseline : 0) | (first !== value ? hasFirst : 0));
    if (baselineUnixNano !== undefined) writer.uint64(baselineUnixNano);
    if (first !== value) this.writeValue(first, writer);
  }

  override readStream(reader: ByteReader, startTimeUnixNano: bigint): StreamContent {
    if (startTimeUnixNano === deltaStart) {
      const windows = readDeltaWindows(reader);
      return { value: windows, first: windows, baselineUnixNano: undefined };
    }
    const value = this.readValue(reader);
    const has = reader.uint();
    const baselineUnixNano = (has & hasBaseline) !== 0 ? reader.uint64() : undefined;
    return { value, baselineUnixNano, first: (has & hasFirst) !== 0 ? this.readValue(reader) : value };
  }
}

/** Parts of a stream's row that may be absent. */
const hasBaseline = 1;
const hasFirst = 2;

/** Filled again for each lookup. */
const key = { startTimeUnixNano: 0n, process: '' };
