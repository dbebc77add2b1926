import { type DataPoint, type HistogramMetric, type SumMetric, temporality } from '#pdata/metrics.ts';
import { type AppendOutcome, changed, dropped, unchanged } from '../../outcome.ts';
import type { PointContext } from '../../policy.ts';
import { ByteReader } from '../state/byte-reader.ts';
import { ByteWriter } from '../state/byte-writer.ts';
import { readDeltaWindows, writeDeltaWindows } from '../state/delta-windows-codec.ts';
import { readContent, writeContent } from '../state/stream-content-codec.ts';
import type { AccumulatedSeries } from '../streams/accumulated-series.ts';
import { type Baseline, isWaiting } from '../streams/baseline.ts';
import type { DeltaWindows } from '../streams/delta-windows.ts';
import { deltaStart, noRelated, type Stream, type StreamContent } from '../streams/stream.ts';
import type { StreamUse } from '../streams/stream-table.ts';
import { type Tombstone, tombstoneOf } from '../streams/tombstones.ts';
import { addDelta } from './delta-points.ts';
import { findNew } from './new-streams.ts';
import { timeOf } from './point-time.ts';
import { StreamRule } from './stream-rule.ts';

const outOfOrder = dropped('out_of_order');
const regression = dropped('regression');

/**
 * Accumulates cumulative and delta points of monotonic sums, histograms, and summaries. The total of a series is the
 * sum, over all streams, of the highest value received minus the stream's baseline. Every point updates the total, so
 * that discarding a stream needs no further step.
 */
export abstract class CumulativeRule<
  Series extends AccumulatedSeries,
  Point extends DataPoint,
  Value,
> extends StreamRule {
  /** Returns the reason why the point cannot be added, or undefined. Reports problems of points that are added nonetheless. */
  protected abstract defectOf(point: Point, series: Series): AppendOutcome | undefined;
  /** Returns the number by which points of a stream are compared. It increases with every observation. */
  abstract sizeOf(point: Point): number;
  abstract sizeOfValue(value: Value): number;
  /** Whether points have a sum in addition to their size. */
  abstract readonly hasSums: boolean;
  /** Returns the sum that identifies a repeated delta point, in addition to times and size. */
  abstract sumOf(point: Point): number;
  /** Returns the state to keep for a point. `known` is the value that it replaces. */
  abstract read(point: Point, known?: Value): Value;
  /** Returns the value of a stream whose first point counts in full: what the point does not state is 0. */
  fromZero(value: Value): Value {
    return value;
  }
  /** Returns the value of a size, if the size determines it. */
  abstract valueOfSize(size: number): Value | undefined;
  /**
   * Adds `next − known` to the total, or all of `next`. Returns false and changes nothing if any part would decrease.
   */
  abstract addGrowth(series: Series, next: Value, known: Value | undefined): boolean;
  /**
   * Whether any part of the value, such as a bucket, has decreased. For streams without a start time, this indicates a
   * restart.
   */
  protected abstract hasFallen(next: Value, known: Value): boolean;
  abstract writeValue(value: Value, writer: ByteWriter): void;
  abstract readValue(reader: ByteReader): Value;
  /** Stores the shown properties of a point in addition to its value. Returns whether the output changes. */
  protected abstract decorate(series: Series, point: Point): boolean;

  protected override add(series: Series, point: Point, context: PointContext, identity: number): AppendOutcome {
    const defect = this.defectOf(point, series);
    if (defect) return defect;
    if (point.startTimeUnixNano > point.timeUnixNano && point.timeUnixNano !== 0n)
      this.accumulation.odd('start_after_time', series);
    if ((context.metric as SumMetric | HistogramMetric).aggregationTemporality === temporality.delta) {
      const outcome = addDelta(this, series, point, { context, identity });
      return outcome === changed ? this.#changed(series, point, context) : outcome;
    }
    key.identity = identity;
    key.process = context.process;
    key.startTimeUnixNano = point.startTimeUnixNano;
    const stream = series.streams.find(key) as Stream<Value> | undefined;
    if (!stream) return this.#open(series, point, context);
    if (stream.identity !== identity) stream.identity = identity;
    this.accumulation.streams.seen(stream, context.arrivalMs);
    return this.#advance(series, stream, point, context);
  }

  #open(series: Series, point: Point, context: PointContext): AppendOutcome {
    const found = findNew(this, series, key, point, context);
    if ('isAccepted' in found) return found;
    const { content, from } = found;
    const stream = this.accumulation.streams.open(series, key, content, context.arrivalMs);
    if (found.isResumed) return this.#advance(series, stream, point, context);
    if (!this.addGrowth(series, content.value, from)) this.addGrowth(series, content.value, content.value);
    if (from === undefined || this.sizeOfValue(content.value) > this.sizeOfValue(from))
      series.noteStart(point.startTimeUnixNano);
    return this.#changed(series, point, context);
  }

  #advance(series: Series, stream: Stream<Value>, point: Point, context: PointContext): AppendOutcome {
    const { baseline } = stream;
    if (baseline?.limitUnixNano !== undefined && this.#isBeforeLimit(baseline, baseline.limitUnixNano, point, context))
      return this.#raise(series, stream, point, context);
    if (point.startTimeUnixNano === 0n) return this.#advanceUnknownStart(series, stream, point, context);
    const size = this.sizeOf(point);
    const known = this.sizeOfValue(stream.value);
    if (size > known) return this.#grow(series, stream, point, context);
    if (size === known) return this.#repeat(series, stream, point);
    return this.#lower(series, stream, point, context);
  }

  #grow(series: Series, stream: Stream<Value>, point: Point, context: PointContext): AppendOutcome {
    const { value: known, baseline } = stream;
    const value = this.read(point, known);
    const from = this.#higher(known, baseline?.value);
    const isCounted = this.sizeOfValue(value) > this.sizeOfValue(from);
    // The buckets of a fork can be lower than those of its parent. It then counts from its own values.
    if (isCounted && !this.addGrowth(series, value, from) && (from === known || !this.addGrowth(series, value, value)))
      return regression;
    stream.value = value;
    stream.timeUnixNano = point.timeUnixNano;
    // The start of a stream that counts in full has already been noted.
    if (isCounted && baseline !== undefined) series.noteStart(point.startTimeUnixNano);
    this.accumulation.stateWriter.streamChanged(stream);
    return this.#changed(series, point, context);
  }

  #repeat(series: Series, stream: Stream<Value>, point: Point): AppendOutcome {
    if (point.timeUnixNano > stream.timeUnixNano) {
      stream.timeUnixNano = point.timeUnixNano;
    } else {
      this.accumulation.streams.counters.repeats.add(1);
    }
    return this.decorate(series, point) ? changed : unchanged;
  }

  /** Applies a value below the highest one. It changes the total only if it lowers a baseline. */
  #lower(series: Series, stream: Stream<Value>, point: Point, context: PointContext): AppendOutcome {
    const { timeUnixNano, startTimeUnixNano } = point;
    if (this.sizeOf(point) < this.sizeOfValue(stream.lowest)) {
      stream.lowest = this.read(point, stream.lowest);
      this.accumulation.stateWriter.streamChanged(stream);
      let hasChanged = this.#lowerBaseline(series, stream, point);
      for (const fork of this.#forksOf(series, stream, startTimeUnixNano)) {
        hasChanged = this.#lowerForkedBaseline(series, fork) || hasChanged;
      }
      if (hasChanged) return this.#changed(series, point, context);
    }
    return timeUnixNano < stream.timeUnixNano ? outOfOrder : regression;
  }

  #lowerBaseline(series: Series, stream: Stream<Value>, { timeUnixNano, startTimeUnixNano }: Point): boolean {
    const { baseline } = stream;
    if (baseline?.kind === 'forked') return this.#lowerForkedBaseline(series, stream);
    if (baseline?.kind !== 'preexisting' || baseline.limitUnixNano !== undefined) return false;
    if (timeUnixNano >= baseline.timeUnixNano || timeUnixNano < this.accumulation.streams.epochUnixNano) return false;
    if (startTimeUnixNano === 0n || !this.addGrowth(series, baseline.value, stream.lowest)) return false;
    stream.baseline = { ...baseline, value: stream.lowest, timeUnixNano };
    series.noteStart(startTimeUnixNano);
    return true;
  }

  /** Yields the forks whose baseline depends on the lowest value of a stream that counts in full. */
  *#forksOf(series: Series, stream: Stream<Value>, startTimeUnixNano: bigint): Generator<Stream<Value>, void> {
    if (stream.baseline !== undefined) return;
    const family = series.streams.related({ identity: stream.identity, startTimeUnixNano });
    for (const fork of family as Iterable<Stream<Value>>) {
      if (fork.baseline?.kind === 'forked') yield fork;
    }
  }

  #lowerForkedBaseline(series: Series, fork: Stream<Value>): boolean {
    const { baseline, value } = fork;
    if (!baseline || baseline.limitUnixNano !== undefined) return false;
    const full = this.fullStreamOf(series, fork);
    const lowered = this.#higher(fork.lowest, full);
    if (this.sizeOfValue(lowered) >= this.sizeOfValue(baseline.value)) return false;
    const before = this.#lowerOf(baseline.value, value);
    const after = this.#lowerOf(lowered, value);
    const isGrowth = this.sizeOfValue(before) > this.sizeOfValue(after);
    if (isGrowth && !this.addGrowth(series, before, after)) return false;
    fork.baseline = { ...baseline, value: lowered };
    this.accumulation.stateWriter.streamChanged(fork);
    if (isGrowth) series.noteStart(fork.startTimeUnixNano);
    return isGrowth;
  }

  /** Returns the lowest value of the family's active stream that counts in full. */
  fullStreamOf(series: AccumulatedSeries, key: Pick<Stream, 'identity' | 'startTimeUnixNano'>) {
    const family = series.streams.related(key) as Iterable<Stream<Value>>;
    if (family === noRelated) return undefined;
    for (const one of family) if (one.baseline === undefined) return one.lowest;
    return undefined;
  }

  #isBeforeLimit(baseline: Baseline<Value>, limitUnixNano: bigint, point: Point, context: PointContext): boolean {
    return isWaiting(baseline) || timeOf(point, context) <= limitUnixNano;
  }

  /**
   * Raises the baseline without adding anything: the stream waits for its baseline, or the point is not later than the
   * limit time.
   */
  #raise(series: Series, stream: Stream<Value>, point: Point, context: PointContext): AppendOutcome {
    const baseline = stream.baseline as Baseline<Value>;
    if (this.sizeOf(point) > this.sizeOfValue(stream.value)) stream.value = this.read(point, stream.value);
    const time = timeOf(point, context);
    if (time > baseline.timeUnixNano) stream.baseline = { ...baseline, timeUnixNano: time };
    if (point.timeUnixNano > stream.timeUnixNano) stream.timeUnixNano = point.timeUnixNano;
    this.addGrowth(series, stream.value, stream.value);
    this.accumulation.stateWriter.streamChanged(stream);
    return unchanged;
  }

  #advanceUnknownStart(series: Series, stream: Stream<Value>, point: Point, context: PointContext): AppendOutcome {
    const known = stream.value;
    const value = this.read(point, known);
    const size = this.sizeOfValue(value);
    const hasFallen = size < this.sizeOfValue(known) || this.hasFallen(this.read(point), known);
    if (!hasFallen) {
      if (size === this.sizeOfValue(known)) return this.#repeat(series, stream, point);
      return this.#grow(series, stream, point, context);
    }
    if (point.timeUnixNano < stream.timeUnixNano) return outOfOrder;
    if (point.timeUnixNano === stream.timeUnixNano) return regression;
    // A decrease is the only sign of a restart.
    stream.value = this.fromZero(this.read(point));
    stream.lowest = stream.value;
    stream.timeUnixNano = point.timeUnixNano;
    stream.baseline = undefined;
    this.addGrowth(series, stream.value, undefined);
    this.accumulation.stateWriter.streamChanged(stream);
    return this.#changed(series, point, context);
  }

  #changed(series: Series, point: Point, context: PointContext): AppendOutcome {
    series.noteChange(context.nowUnixMs, context.scrape);
    this.decorate(series, point);
    this.accumulation.stateWriter.seriesChanged(series);
    return changed;
  }

  #higher(a: Value, b: Value | undefined): Value {
    return b !== undefined && this.sizeOfValue(b) > this.sizeOfValue(a) ? b : a;
  }

  #lowerOf(a: Value, b: Value): Value {
    return this.sizeOfValue(b) < this.sizeOfValue(a) ? b : a;
  }

  override tombstoneOf(stream: Stream): Tombstone | undefined {
    if (stream.startTimeUnixNano === deltaStart) return undefined;
    const { value, lowest, baseline } = stream as Stream<Value>;
    const counted = this.#higher(value, baseline?.value);
    return tombstoneOf(stream, {
      value: this.sizeOfValue(counted),
      content: this.#contentOf(counted),
      lowest: baseline ? Number.NaN : this.sizeOfValue(lowest),
      limitUnixNano: baseline && isWaiting(baseline) ? baseline.limitUnixNano : undefined,
    });
  }

  /** The value of a discarded stream; undefined if it is not known anymore. */
  valueOfTombstone({ value, content }: Tombstone): Value | undefined {
    return this.valueOfSize(value) ?? (content && this.readValue(new ByteReader(content)));
  }

  #contentOf(value: Value): Uint8Array | undefined {
    if (this.valueOfSize(0) !== undefined) return undefined;
    this.writeValue(value, contentWriter);
    return contentWriter.take();
  }

  override useOf(): StreamUse {
    return 'count';
  }

  override writeStream(stream: Stream, writer: ByteWriter): void {
    if (stream.startTimeUnixNano === deltaStart) writeDeltaWindows(stream.value as DeltaWindows, writer);
    else writeContent(stream as Stream<Value>, writer, (value) => this.writeValue(value, writer));
  }

  override readStream(reader: ByteReader, startTimeUnixNano: bigint): StreamContent {
    if (startTimeUnixNano !== deltaStart) return readContent(reader, () => this.readValue(reader));
    const windows = readDeltaWindows(reader);
    return { value: windows, lowest: windows, timeUnixNano: 0n, baseline: undefined };
  }
}

const contentWriter = new ByteWriter();

/** Reused for each lookup. */
const key = { identity: 0, process: '', startTimeUnixNano: 0n };
