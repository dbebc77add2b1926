import type { DataPoint } from '#pdata/metrics.ts';
import type { LabelSet } from '#prometheus/metric-family.ts';
import type { AppendOutcome } from '../../outcome.ts';
import type { PointContext, SeriesIdentity, SeriesRule } from '../../policy.ts';
import type { ZeroFirst } from '../initial-zero.ts';
import type { ByteReader } from '../state/byte-reader.ts';
import type { ByteWriter } from '../state/byte-writer.ts';
import type { StateWriter } from '../state/state-writer.ts';
import type { AccumulatedSeries } from '../streams/accumulated-series.ts';
import type { Stream } from '../streams/stream.ts';
import type { StreamTable } from '../streams/stream-table.ts';

/** What all rules of accumulation work with. */
export interface Accumulation {
  readonly streams: StreamTable;
  readonly stateWriter: StateWriter;
  readonly zeroFirst: ZeroFirst;
  /** How long a series is served after its last change, ms. */
  readonly seriesExpirationMs: number;
  /** What a series shows has changed without a point. */
  shown(series: AccumulatedSeries): void;
  /** Upper bounds of the classic buckets that exponential histograms are also served with; ascending, may be empty. */
  readonly classicBounds: readonly number[];
}

/** A rule whose series are added up from streams. */
export abstract class StreamRule implements SeriesRule {
  readonly accumulation: Accumulation;

  constructor(accumulation: Accumulation) {
    this.accumulation = accumulation;
  }

  create(labels: LabelSet, identity: SeriesIdentity): AccumulatedSeries {
    const series = this.createSeries(labels);
    this.accumulation.stateWriter.seriesBorn(series, identity);
    return series;
  }

  expirationMs(): number {
    return this.accumulation.seriesExpirationMs;
  }

  protected abstract createSeries(labels: LabelSet): AccumulatedSeries;
  abstract accept(series: AccumulatedSeries, point: DataPoint, context: PointContext): AppendOutcome;
  abstract end(series: AccumulatedSeries, point: DataPoint, context: PointContext): 'keep';

  /** The stream is about to be forgotten. */
  forgotten(_stream: Stream): void {}

  abstract writeTotal(series: AccumulatedSeries, writer: ByteWriter): void;
  /** Adds what `writeTotal` wrote: a new series is then what that one was. */
  abstract addTotal(series: AccumulatedSeries, reader: ByteReader): void;
  abstract writeStream(stream: Stream, writer: ByteWriter): void;
  /** What `writeStream` wrote. */
  abstract readStream(reader: ByteReader, startTimeUnixNano: bigint): StreamContent;
}

/** What a rule remembers in a stream. */
export type StreamContent = Pick<Stream, 'value' | 'first' | 'baselineUnixNano'>;
