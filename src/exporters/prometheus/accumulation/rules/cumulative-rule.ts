import { type DataPoint, temporality } from '../../../../pdata/metrics.ts';
import { changed, refused, unchanged, type Verdict } from '../../series/verdict.ts';
import type { PointContext } from '../policy.ts';
import type { ByteReader } from '../state/byte-reader.ts';
import type { ByteWriter } from '../state/byte-writer.ts';
import { readDeltaWindows, writeDeltaWindows } from '../state/delta-windows-codec.ts';
import type { AccumulatedSeries } from '../streams/accumulated-series.ts';
import { DeltaWindows } from '../streams/delta-windows.ts';
import { deltaStart, type Stream } from '../streams/stream.ts';
import { StreamRule } from './stream-rule.ts';

const outOfOrder = refused('out_of_order');
const regression = refused('regression');
const duplicateDelta = refused('duplicate_delta');

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
  protected abstract defectOf(point: Point): Verdict | undefined;
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

  override accept(series: Series, point: Point, context: PointContext): Verdict {
    if (series.bornScrape < 0) series.bornScrape = context.scrape;
    const defect = this.defectOf(point);
    if (defect) return defect;
    if ('aggregationTemporality' in context.metric && context.metric.aggregationTemporality === temporality.delta) {
      return this.#acceptDelta(series, point, context);
    }
    key.startTimeUnixNano = point.startTimeUnixNano;
    key.process = context.process;
    const stream = series.streams.find(key) as Stream<Value> | undefined;
    if (!stream) return this.#begin(series, point, context);
    this.accumulation.streams.heard(stream, context.arrivalMs);
    return this.#advance(series, stream, point);
  }

  /** Nothing to do: the total has what the stream counted, and a late repeat must still be recognised. */
  override end(): 'keep' {
    return 'keep';
  }

  #begin(series: Series, point: Point, context: PointContext): Verdict {
    const { streams } = this.accumulation;
    const birth = streams.birthOf(series, point);
    const value = this.read(point);
    const stream = streams.open(series, key, { value, timeUnixNano: point.timeUnixNano, context });
    if (birth !== 'fresh') stream.baseline = { value, timeUnixNano: point.timeUnixNano };
    this.add(series, value, stream.baseline?.value);
    return this.#changed(series, point);
  }

  #advance(series: Series, stream: Stream<Value>, point: Point): Verdict {
    const size = this.sizeOf(point);
    const known = this.sizeOfValue(stream.value);
    if (size > known) {
      const value = this.read(point);
      if (!this.add(series, value, stream.value)) return regression;
      stream.value = value;
      stream.timeUnixNano = point.timeUnixNano;
      this.accumulation.journal.streamChanged(stream);
      return this.#changed(series, point);
    }
    if (size === known) return this.#unchanged(series, stream, point);
    return this.#lower(series, stream, point);
  }

  #unchanged(series: Series, stream: Stream<Value>, point: Point): Verdict {
    if (point.timeUnixNano > stream.timeUnixNano) {
      stream.timeUnixNano = point.timeUnixNano;
      series.noteTimes(point.startTimeUnixNano, point.timeUnixNano);
    } else {
      this.accumulation.streams.repeated();
    }
    const isVisible = this.decorate(series, point) || series.variant.family.sendsTimestamps;
    return isVisible ? changed : unchanged;
  }

  #lower(series: Series, stream: Stream<Value>, point: Point): Verdict {
    const { journal } = this.accumulation;
    const { baseline } = stream;
    if (
      baseline &&
      point.timeUnixNano < baseline.timeUnixNano &&
      this.sizeOf(point) < this.sizeOfValue(baseline.value)
    ) {
      // An earlier point of a stream that counts from its first: the order of arrival must not matter.
      const value = this.read(point);
      if (!this.add(series, baseline.value, value)) return regression;
      stream.baseline = { value, timeUnixNano: point.timeUnixNano };
      journal.streamChanged(stream);
      return this.#changed(series, point);
    }
    if (point.timeUnixNano < stream.timeUnixNano) return outOfOrder;
    if (point.startTimeUnixNano !== 0n || point.timeUnixNano === stream.timeUnixNano) return regression;
    // The start is unknown, so a drop is the only sign of a restart.
    stream.value = this.read(point);
    stream.timeUnixNano = point.timeUnixNano;
    stream.baseline = undefined;
    this.add(series, stream.value, undefined);
    journal.streamChanged(stream);
    return this.#changed(series, point);
  }

  #acceptDelta(series: Series, point: Point, context: PointContext): Verdict {
    const { streams, journal } = this.accumulation;
    key.startTimeUnixNano = deltaStart;
    key.process = context.process;
    let stream = series.streams.find(key) as Stream<DeltaWindows> | undefined;
    if (stream) streams.heard(stream, context.arrivalMs);
    else stream = streams.open(series, key, { value: new DeltaWindows(), timeUnixNano: 0n, context });
    if (!stream.value.take(point.startTimeUnixNano, point.timeUnixNano, this.sizeOf(point))) return duplicateDelta;
    this.add(series, this.read(point), undefined);
    journal.streamChanged(stream);
    return this.#changed(series, point);
  }

  #changed(series: Series, point: Point): Verdict {
    series.noteTimes(point.startTimeUnixNano, point.timeUnixNano);
    this.decorate(series, point);
    this.accumulation.journal.seriesChanged(series);
    return changed;
  }

  override writeStream(stream: Stream, writer: ByteWriter): void {
    if (stream.startTimeUnixNano === deltaStart) {
      writeDeltaWindows(stream.value as DeltaWindows, writer);
      return;
    }
    const { value, baseline } = stream as Stream<Value>;
    this.writeValue(value, writer);
    writer.boolean(baseline !== undefined);
    if (!baseline) return;
    writer.uint64(baseline.timeUnixNano);
    this.writeValue(baseline.value, writer);
  }

  override readStream(reader: ByteReader, startTimeUnixNano: bigint): Pick<Stream, 'value' | 'baseline'> {
    if (startTimeUnixNano === deltaStart) return { value: readDeltaWindows(reader), baseline: undefined };
    const value = this.readValue(reader);
    if (!reader.boolean()) return { value, baseline: undefined };
    return { value, baseline: { timeUnixNano: reader.uint64(), value: this.readValue(reader) } };
  }
}

/** Filled again for each lookup. */
const key = { startTimeUnixNano: 0n, process: '' };
