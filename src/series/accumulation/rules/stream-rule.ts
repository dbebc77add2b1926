import type { DataPoint } from '#pdata/metrics.ts';
import type { LabelSet } from '#prometheus/metric-family.ts';
import type { OwnShare } from '#sharding/own-share.ts';
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
import { unitHash, valueKinds } from './identity-details.ts';

/** Totals expire after `series_expiration`, and current values of processes after `metric_expiration`. */
type SeriesLifetime = 'total' | 'level';

/** Properties that all rules of accumulation share. */
export interface Accumulation {
  readonly streams: StreamTable;
  readonly stateWriter: StateWriter;
  readonly initialZero: InitialZero;
  /** The share of a sharded pitot. Undefined if this process owns all series. */
  readonly share: OwnShare | undefined;
  /** Difference between the state start and the time before which points are history, ns. */
  readonly historyMarginNano: bigint;
  /** Returns the time after its last point at which a series disappears, ms. */
  expirationMs(series: SeriesRecord, kind: SeriesLifetime): number;
  /** Returns the combination for the gauge with these names (on `/metrics`, in OTLP). */
  combinationOf(names: readonly string[]): GaugeCombination;
  /** Reports that processes without attributes and start times cannot be distinguished. */
  unknownStart(metricName: string): void;
  /** Counts a contradictory point that is added nonetheless, and logs it once per metric. */
  odd(reason: OddReason, series: SeriesRecord): void;
  /** Call when the shown value of a series has changed without a point. */
  shown(series: AccumulatedSeries): void;
  /**
   * Returns the upper bounds of the classic buckets of an exponential histogram with that unit, ascending. Can be
   * empty.
   */
  classicBounds(unit: string): readonly number[];
}

const typeConflict = dropped('type_conflict');

/** A rule whose series consist of streams. */
export abstract class StreamRule implements SeriesRule {
  readonly accumulation: Accumulation;
  /** Whether series and streams are persisted. */
  readonly isPersisted: boolean = true;

  constructor(accumulation: Accumulation) {
    this.accumulation = accumulation;
  }

  create(labels: LabelSet, identity: SeriesIdentity, identityHash: number): AccumulatedSeries {
    const series = this.createSeries(labels, identity, identityHash);
    const { resource, metric, attributes } = identity;
    series.ownDetails = unitHash(metric.descriptor.unit) ^ valueKinds(attributes);
    series.position = this.accumulation.share?.positionOf(resource, metric, attributes) ?? 0;
    if (this.isPersisted) this.accumulation.stateWriter.seriesCreated(series, identity);
    return series;
  }

  accept(record: SeriesRecord, point: DataPoint, context: PointContext): AppendOutcome {
    const source = record as AccumulatedSeries | SeriesAlias;
    const series = source.shownBy as AccumulatedSeries | undefined;
    if (series === undefined) return typeConflict;
    if (series.createdScrape < 0) series.createdScrape = context.scrape;
    const outcome = this.add(series, point, context, identityOf(source, point, context));
    if (source !== series && outcome.isAccepted) series.updatedMs = context.arrivalMs;
    return outcome;
  }

  end(record: SeriesRecord, point: DataPoint, context: PointContext): 'keep' | 'remove' {
    const source = record as AccumulatedSeries | SeriesAlias;
    const series = source.shownBy as AccumulatedSeries | undefined;
    return series === undefined ? 'keep' : this.endStream(series, point, context, identityOf(source, point, context));
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

  /** A NoRecordedValue point ends its stream; the series remains. */
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

  /** Called when the stream is being discarded. Its series remains. */
  discarded(_stream: Stream): void {}

  /** Returns the record that remains after pitot has discarded the stream. */
  abstract tombstoneOf(stream: Stream): Tombstone | undefined;

  abstract useOf(stream: Stream): StreamUse;

  abstract writeTotal(series: AccumulatedSeries, writer: ByteWriter): void;
  /** Adds the data that `writeTotal` wrote: a new series then equals the written one. */
  abstract addTotal(series: AccumulatedSeries, reader: ByteReader): void;
  abstract writeStream(stream: Stream, writer: ByteWriter): void;
  /** Reads the data that `writeStream` wrote. */
  abstract readStream(reader: ByteReader, startTimeUnixNano: bigint): StreamContent;
}

/**
 * Returns the hash of a point's OTLP identity. Process attributes alone identify its process if there are any. Details that equal those of
 * the first point do not count: earlier versions stored identities without details.
 */
function identityOf(
  source: AccumulatedSeries | SeriesAlias,
  { attributes }: DataPoint,
  { metric, resourceHash }: PointContext,
): number {
  // Attributes are the same object in most points of a series.
  if (source.latestAttributes !== attributes) {
    source.latestAttributes = attributes;
    source.latestKinds = valueKinds(attributes);
  }
  const details = unitHash(metric.descriptor.unit) ^ source.latestKinds;
  source.ownDetails ??= details;
  const identity = source.identity ^ resourceHash ^ details ^ source.ownDetails;
  return identity === anyIdentity ? 1 : identity;
}
