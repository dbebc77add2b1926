import { type NumberDataPoint, temporality } from '#pdata/metrics.ts';
import type { LabelSet, NumberSeries } from '#prometheus/metric-family.ts';
import { type AppendOutcome, changed, dropped, unchanged } from '../../outcome.ts';
import type { PointContext, SeriesIdentity } from '../../policy.ts';
import { addDifferenceTo, addTo, roundedTotal, roundingError, type Total } from '../exact-sum.ts';
import type { ByteReader } from '../state/byte-reader.ts';
import type { ByteWriter } from '../state/byte-writer.ts';
import { readDeltaWindows, writeDeltaWindows } from '../state/delta-windows-codec.ts';
import { readContent, writeContent } from '../state/stream-content-codec.ts';
import { AccumulatedSeries } from '../streams/accumulated-series.ts';
import type { DeltaWindows } from '../streams/delta-windows.ts';
import type { WindowCodec } from '../streams/fork-windows.ts';
import { deltaStart, type Stream, type StreamContent, type StreamKey } from '../streams/stream.ts';
import type { StreamUse } from '../streams/stream-table.ts';
import { processHash, type Tombstone, tombstoneOf } from '../streams/tombstones.ts';
import { isNewDelta } from './delta-points.ts';
import { StreamRule } from './stream-rule.ts';

/** An up-down counter: the latest values of all active processes, plus all deltas. */
export class UpDownCounterSeries extends AccumulatedSeries implements NumberSeries {
  readonly kind = 'number';
  readonly exemplar = undefined;
  total: Total = 0;
  /** Whether deltas are in the total. They remain after their process has ended. */
  hasDeltas = false;

  get value(): number {
    return roundedTotal(this.total);
  }
}

const notANumber = dropped('not_a_number');
const outOfOrder = dropped('out_of_order');
const duplicateDelta = dropped('duplicate_delta');

/** Resolution of coarse clocks, ns. Unrelated processes can share a start time that is a multiple of it. */
const coarseNano = 1_000_000n;

/**
 * Non-monotonic sums: the sum of the latest values of the active processes. A later start time of a process replaces
 * its earlier ones. A forked process counts only its value above the copy that it started with.
 */
export class UpDownCounterRule extends StreamRule {
  protected override createSeries(labels: LabelSet, _: SeriesIdentity, identityHash: number): UpDownCounterSeries {
    return new UpDownCounterSeries(labels, this, identityHash);
  }

  /** Deltas remain in the total, so their series expires like a counter. */
  override expirationMs(series: UpDownCounterSeries): number {
    return this.accumulation.expirationMs(series, series.hasDeltas ? 'total' : 'level');
  }

  protected override add(
    series: UpDownCounterSeries,
    point: NumberDataPoint,
    context: PointContext,
    identity: number,
  ): AppendOutcome {
    const value = Number(point.value ?? 0);
    if (!Number.isFinite(value)) return notANumber;
    const { metric } = context;
    if (metric.type === 'Sum' && metric.aggregationTemporality === temporality.delta) {
      return this.#addDelta(series, point, value, { context, identity });
    }
    const { startTimeUnixNano, timeUnixNano } = point;
    const key = { identity, process: context.process, startTimeUnixNano };
    const stream = series.streams.find(key) as Stream<number> | undefined;
    if (!stream) return this.#open(series, point, value, { key, context });
    this.accumulation.streams.seen(stream, context.arrivalMs);
    if (timeUnixNano < stream.timeUnixNano) return this.#lowerCopy(series, stream, point, value, context);
    if (value === stream.value && timeUnixNano === stream.timeUnixNano) {
      this.accumulation.streams.counters.repeats.add(1);
      return unchanged;
    }
    series.total = addDifferenceTo(series.total, value, stream.value);
    stream.value = value;
    stream.timeUnixNano = timeUnixNano;
    this.accumulation.stateWriter.streamChanged(stream);
    return this.#changed(series, point, context);
  }

  #open(
    series: UpDownCounterSeries,
    point: NumberDataPoint,
    value: number,
    { key, context }: { readonly key: StreamKey; readonly context: PointContext },
  ): AppendOutcome {
    const { streams } = this.accumulation;
    // Without process attributes, only the start time distinguishes processes.
    const earlier = key.process === '' ? [] : this.#otherStarts(series, key);
    if (earlier.some(({ startTimeUnixNano }) => startTimeUnixNano > key.startTimeUnixNano)) return outOfOrder;
    for (const stream of earlier) streams.replace(stream);
    const { timeUnixNano } = point;
    const copy = this.#copyOf(series, key, value);
    const baseline =
      copy === undefined
        ? undefined
        : ({ kind: 'forked', value: copy, timeUnixNano, limitUnixNano: undefined } as const);
    streams.open(series, key, { value, lowest: value, timeUnixNano, baseline }, context.arrivalMs);
    series.total = addDifferenceTo(series.total, value, copy ?? 0);
    return this.#changed(series, point, context);
  }

  #otherStarts(series: UpDownCounterSeries, key: StreamKey): Stream[] {
    return series.streams.ofProcess(key).filter(({ startTimeUnixNano }) => startTimeUnixNano !== deltaStart);
  }

  /** Returns the value with which a forked process began. Undefined if it is not forked. */
  #copyOf(series: UpDownCounterSeries, { identity, process, startTimeUnixNano }: StreamKey, value: number) {
    const { tombstones, counters } = this.accumulation.streams;
    const known = { seriesHash: series.hash, identity, process: processHash(process), startTimeUnixNano };
    const tombstone = tombstones.find(known);
    if (tombstone) {
      tombstones.remove(known);
      return tombstone.value;
    }
    if (startTimeUnixNano % coarseNano === 0n) return undefined;
    for (const stream of series.streams.related({ identity, startTimeUnixNano })) {
      if (stream.process === process || stream.identity !== identity) continue;
      counters.kinds.forked?.add(1);
      return value;
    }
    return undefined;
  }

  /** Lowers the copy of a fork: an earlier point is closer to the value that it started with. */
  #lowerCopy(
    series: UpDownCounterSeries,
    stream: Stream<number>,
    point: NumberDataPoint,
    value: number,
    context: PointContext,
  ): AppendOutcome {
    const { baseline } = stream;
    if (!baseline || point.timeUnixNano >= baseline.timeUnixNano) return outOfOrder;
    series.total = addDifferenceTo(series.total, baseline.value, value);
    stream.baseline = { ...baseline, value, timeUnixNano: point.timeUnixNano };
    this.accumulation.stateWriter.streamChanged(stream);
    return this.#changed(series, point, context);
  }

  protected override endStream(
    series: UpDownCounterSeries,
    { startTimeUnixNano, timeUnixNano }: NumberDataPoint,
    { process }: PointContext,
    identity: number,
  ): 'keep' {
    const stream = series.streams.find({ startTimeUnixNano, process, identity });
    if (stream && timeUnixNano >= stream.timeUnixNano) this.accumulation.streams.end(stream);
    return 'keep';
  }

  override discarded(stream: Stream): void {
    if (stream.startTimeUnixNano === deltaStart) return;
    const series = stream.series as UpDownCounterSeries;
    const { value, baseline } = stream as Stream<number>;
    series.total = addDifferenceTo(series.total, baseline?.value ?? 0, value);
    this.accumulation.stateWriter.seriesChanged(series);
    this.accumulation.shown(series);
  }

  /** Only the copy of a fork must be known when the stream returns. */
  override tombstoneOf(stream: Stream): Tombstone | undefined {
    const { baseline } = stream as Stream<number>;
    if (stream.startTimeUnixNano === deltaStart || !baseline) return undefined;
    return tombstoneOf(stream, {
      value: baseline.value,
      lowest: Number.NaN,
      limitUnixNano: undefined,
      content: undefined,
    });
  }

  override useOf({ startTimeUnixNano }: Stream): StreamUse {
    return startTimeUnixNano === deltaStart ? 'count' : 'level';
  }

  #addDelta(
    series: UpDownCounterSeries,
    point: NumberDataPoint,
    value: number,
    source: { readonly context: PointContext; readonly identity: number },
  ): AppendOutcome {
    if (!isNewDelta(this.accumulation, series, source, [point, value, 0])) return duplicateDelta;
    const copied = this.accumulation.streams.forkWindows.add(series, {
      ...source,
      point,
      value,
      codec: numberCodec,
    });
    series.hasDeltas = true;
    series.total = addDifferenceTo(series.total, value, copied ?? 0);
    return this.#changed(series, point, source.context);
  }

  #changed(series: UpDownCounterSeries, point: NumberDataPoint, context: PointContext): AppendOutcome {
    series.noteStart(point.startTimeUnixNano);
    series.noteChange(context.nowUnixMs, context.scrape);
    this.accumulation.stateWriter.seriesChanged(series);
    return changed;
  }

  override writeTotal(series: UpDownCounterSeries, writer: ByteWriter): void {
    writer.double(roundedTotal(series.total));
    writer.double(roundingError(series.total));
    writer.boolean(series.hasDeltas);
  }

  override addTotal(series: UpDownCounterSeries, reader: ByteReader): void {
    addStored(series, reader);
    if (reader.boolean()) series.hasDeltas = true;
  }

  /** Version 1 did not store whether there are deltas. */
  addTotalOfVersion1(series: AccumulatedSeries, reader: ByteReader): void {
    addStored(series as UpDownCounterSeries, reader);
  }

  override writeStream(stream: Stream, writer: ByteWriter): void {
    if (stream.startTimeUnixNano === deltaStart) writeDeltaWindows(stream.value as DeltaWindows, writer);
    else writeContent(stream as Stream<number>, writer, (value) => writer.double(value));
  }

  override readStream(reader: ByteReader, startTimeUnixNano: bigint): StreamContent {
    if (startTimeUnixNano !== deltaStart) return readContent(reader, () => reader.double());
    const windows = readDeltaWindows(reader);
    return { value: windows, lowest: windows, timeUnixNano: 0n, baseline: undefined };
  }
}

const numberCodec: WindowCodec<number> = {
  writeValue: (value, writer) => writer.double(value),
  readValue: (reader) => reader.double(),
};

function addStored(series: UpDownCounterSeries, reader: ByteReader): void {
  series.total = addTo(addTo(series.total, reader.double()), reader.double());
}
