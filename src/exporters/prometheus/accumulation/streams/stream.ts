import type { StreamPage } from '../state/stream-page.ts';
import type { AccumulatedSeries } from './accumulated-series.ts';

/**
 * What one process counts into a series: the points of one (series, process attributes, start time). There may be a million.
 * `Value` is what its data type must remember of it.
 */
export class Stream<Value = unknown> {
  readonly series: AccumulatedSeries;
  /** 0: unknown. {@link deltaStart}: the process sends deltas, and `value` is the windows that it sent. */
  readonly startTimeUnixNano: bigint;
  /** Canonical text of the process attributes. */
  readonly process: string;
  /** The highest value seen (the latest, where values may fall). */
  value: Value;
  /** What it was when it was first seen. */
  first: Value;
  /** Time of the point that `value` came with. */
  timeUnixNano: bigint;
  /**
   * Set when the stream counts only what it grew beyond `first` (spec/accumulation.md, rules 3–5): time of the point that `first`
   * came with.
   */
  baselineUnixNano: bigint | undefined = undefined;
  /** Monotonic ms: when a point of it arrived last. */
  heardMs: number;
  /** Neighbours in the order of `heardMs`. */
  older: Stream | undefined = undefined;
  newer: Stream | undefined = undefined;
  /** Where it is kept on disk. */
  page: StreamPage | undefined = undefined;

  constructor(
    series: AccumulatedSeries,
    key: StreamKey,
    first: { value: Value; timeUnixNano: bigint; heardMs: number },
  ) {
    this.series = series;
    this.startTimeUnixNano = key.startTimeUnixNano;
    this.process = key.process;
    this.value = first.value;
    this.first = first.value;
    this.timeUnixNano = first.timeUnixNano;
    this.heardMs = first.heardMs;
  }
}

export interface StreamKey {
  readonly startTimeUnixNano: bigint;
  readonly process: string;
}

/** The start time of the one stream in which the deltas of a process are remembered: no real start time is negative. */
export const deltaStart = -1n;
