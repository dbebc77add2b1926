import type { DataPoint } from '#pdata/metrics.ts';
import type { LabelSet } from '#prometheus/metric-family.ts';
import { type AppendOutcome, dropped } from '../../outcome.ts';
import type { PointContext, SeriesIdentity, SeriesRule } from '../../policy.ts';
import type { SeriesRecord } from '../../stored-series.ts';
import type { InitialZero } from '../initial-zero.ts';
import type { OddReason } from '../odd-points.ts';
import type { ByteReader } from '../state/byte-reader.ts';
import type { ByteWriter } from '../state/byte-writer.ts';
import type { StateWriter } from '../state/state-writer.ts';
import type { AccumulatedSeries, SeriesAlias } from '../streams/accumulated-series.ts';
import { anyIdentity, type Stream, type StreamContent } from '../streams/stream.ts';
import type { StreamTable, StreamUse } from '../streams/stream-table.ts';
import type { Tombstone } from '../streams/tombstones.ts';
import type { GaugeCombination } from './gauge-combination.ts';

/** A total is kept for `series_expiration`, and what processes report of the present for `metric_expiration`. */
type SeriesLifetime = 'total' | 'level';

/** What all rules of accumulation share. */
export interface Accumulation {
  readonly streams: StreamTable;
  readonly stateWriter: StateWriter;
  readonly initialZero: InitialZero;
  /** The state start minus this time is where history begins, ns. */
  readonly historyMarginNano: bigint;
  /** Time after its last point at which a series disappears, ms. */
  expirationMs(series: SeriesRecord, kind: SeriesLifetime): number;
  /** How the gauge with these names (on `/metrics`, in OTLP) combines the values of several processes. */
  combinationOf(names: readonly string[]): GaugeCombination;
  /** Reports that processes without attributes and start times cannot be distinguished. */
  unknownStart(metricName: string): void;
  /** Counts a point that is added although something is wrong with it, and logs that once for each metric. */
  odd(reason: OddReason, series: SeriesRecord): void;
  /** The value that a series shows has changed without a point. */
  shown(series: AccumulatedSeries): void;
  /** Upper bounds of the classic buckets of an exponential histogram with that unit; ascending, may be empty. */
  classicBounds(unit: string): readonly number[];
}

const typeConflict = dropped('type_conflict');

/** A rule whose series are made of streams. */
export abstract class StreamRule implements SeriesRule {
  readonly accumulation: Accumulation;
  /** Whether series and streams are persisted. */
  readonly isPersisted: boolean = true;

  constructor(accumulation: Accumulation) {
    this.accumulation = accumulation;
  }

  create(labels: LabelSet, identity: SeriesIdentity, identityHash: number): AccumulatedSeries {
    const series = this.createSeries(labels, identity, identityHash);
    if (this.isPersisted) this.accumulation.stateWriter.seriesCreated(series, identity);
    return series;
  }

  accept(record: SeriesRecord, point: DataPoint, context: PointContext): AppendOutcome {
    const source = record as AccumulatedSeries | SeriesAlias;
    const series = source.shownBy as AccumulatedSeries | undefined;
    if (series === undefined) return typeConflict;
    if (series.createdScrape < 0) series.createdScrape = context.scrape;
    const outcome = this.add(series, point, context, identityOf(source, context));
    if (source !== series && outcome.isAccepted) series.updatedMs = context.arrivalMs;
    return outcome;
  }

  end(record: SeriesRecord, point: DataPoint, context: PointContext): 'keep' | 'remove' {
    const source = record as AccumulatedSeries | SeriesAlias;
    const series = source.shownBy as AccumulatedSeries | undefined;
    return series === undefined ? 'keep' : this.endStream(series, point, context, identityOf(source, context));
  }

  expirationMs(series: SeriesRecord): number {
    return this.accumulation.expirationMs(series, 'total');
  }

  protected abstract createSeries(labels: LabelSet, identity: SeriesIdentity, identityHash: number): AccumulatedSeries;

  /** Adds a point; `identity` is the hash of its OTLP identity without process attributes. */
  protected abstract add(
    series: AccumulatedSeries,
    point: DataPoint,
    context: PointContext,
    identity: number,
  ): AppendOutcome;

  /** A NoRecordedValue point ends its stream; the series stays. */
  protected endStream(
    series: AccumulatedSeries,
    { startTimeUnixNano }: DataPoint,
    { process }: PointContext,
    identity: number,
  ): 'keep' | 'remove' {
    const stream = series.streams.find({ startTimeUnixNano, process, identity });
    if (stream) this.accumulation.streams.end(stream);
    return 'keep';
  }

  /** The stream is being discarded; its series stays. */
  discarded(_stream: Stream): void {}

  /** What is stored of the stream after pitot has discarded it. */
  abstract tombstoneOf(stream: Stream): Tombstone | undefined;

  abstract useOf(stream: Stream): StreamUse;

  abstract writeTotal(series: AccumulatedSeries, writer: ByteWriter): void;
  /** Adds what `writeTotal` wrote: a new series then equals the written one. */
  abstract addTotal(series: AccumulatedSeries, reader: ByteReader): void;
  abstract writeStream(stream: Stream, writer: ByteWriter): void;
  /** Reads what `writeStream` wrote. */
  abstract readStream(reader: ByteReader, startTimeUnixNano: bigint): StreamContent;
}

/** Resources with process attributes are told apart by these alone. */
function identityOf(source: AccumulatedSeries | SeriesAlias, { resourceHash }: PointContext): number {
  const identity = source.identity ^ resourceHash;
  return identity === anyIdentity ? 1 : identity;
}
