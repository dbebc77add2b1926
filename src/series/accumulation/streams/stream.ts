import { ByteReader } from '../state/byte-reader.ts';
import type { StreamBlock } from '../state/stream-block.ts';
import type { AccumulatedSeries } from './accumulated-series.ts';

/**
 * What one process counts into a series: the points of one (series, process attributes, start time). There may be a million, most
 * of which have sent their last point: restored ones are read from their row only when they are asked.
 * `Value` is what its data type must remember of it.
 */
export class Stream<Value = unknown> {
  readonly series: AccumulatedSeries;
  /** 0: unknown. {@link deltaStart}: the process sends deltas, and `value` is the windows that it sent. */
  readonly startTimeUnixNano: bigint;
  /** Canonical text of the process attributes. */
  readonly process: string;
  /** Monotonic ms: when a point of it arrived last. */
  heardMs: number;
  /** Neighbours in the order of `heardMs`. */
  older: Stream | undefined = undefined;
  newer: Stream | undefined = undefined;
  /** Where it is kept on disk. */
  page: StreamBlock | undefined = undefined;
  /** Where its content begins in the row that its page was restored from; negative: it has been read. */
  #storedAt = -1;
  #value: Value | undefined = undefined;
  #first: Value | undefined = undefined;
  #timeUnixNano = 0n;
  #baselineUnixNano: bigint | undefined = undefined;

  private constructor(series: AccumulatedSeries, key: StreamKey, heardMs: number) {
    this.series = series;
    this.startTimeUnixNano = key.startTimeUnixNano;
    this.process = key.process;
    this.heardMs = heardMs;
  }

  /** A stream that has sent its first point. */
  static begun<Value>(
    series: AccumulatedSeries,
    key: StreamKey,
    first: { value: Value; timeUnixNano: bigint; heardMs: number },
  ): Stream<Value> {
    const stream = new Stream<Value>(series, key, first.heardMs);
    stream.#value = first.value;
    stream.#first = first.value;
    stream.#timeUnixNano = first.timeUnixNano;
    return stream;
  }

  /** A stream whose content is in the page's row from `storedAt` on. */
  static stored(series: AccumulatedSeries, key: StreamKey, at: { page: StreamBlock; storedAt: number }): Stream {
    const stream = new Stream(series, key, at.page.writtenHeardMs);
    stream.page = at.page;
    stream.#storedAt = at.storedAt;
    return stream;
  }

  /** Where its content is in its page's row; negative: nowhere, it may have changed. */
  get storedAt(): number {
    return this.#storedAt;
  }

  /** The highest value seen (the latest, where values may fall). */
  get value(): Value {
    if (this.#storedAt >= 0) this.#load();
    return this.#value as Value;
  }

  set value(value: Value) {
    if (this.#storedAt >= 0) this.#load();
    this.#value = value;
  }

  /** What it was when it was first seen. */
  get first(): Value {
    if (this.#storedAt >= 0) this.#load();
    return this.#first as Value;
  }

  set first(first: Value) {
    if (this.#storedAt >= 0) this.#load();
    this.#first = first;
  }

  /** Time of the point that `value` came with. */
  get timeUnixNano(): bigint {
    if (this.#storedAt >= 0) this.#load();
    return this.#timeUnixNano;
  }

  set timeUnixNano(timeUnixNano: bigint) {
    if (this.#storedAt >= 0) this.#load();
    this.#timeUnixNano = timeUnixNano;
  }

  /**
   * Set when the stream counts only what it grew beyond `first` (spec/accumulation.md, rules 3–5): time of the point that `first`
   * came with.
   */
  get baselineUnixNano(): bigint | undefined {
    if (this.#storedAt >= 0) this.#load();
    return this.#baselineUnixNano;
  }

  set baselineUnixNano(baselineUnixNano: bigint | undefined) {
    if (this.#storedAt >= 0) this.#load();
    this.#baselineUnixNano = baselineUnixNano;
  }

  #load(): void {
    const reader = new ByteReader(this.page?.row ?? noBytes, this.#storedAt);
    const timeUnixNano = reader.uint64();
    const { value, first, baselineUnixNano } = this.series.rule.readStream(reader, this.startTimeUnixNano);
    this.#storedAt = -1;
    this.#timeUnixNano = timeUnixNano;
    this.#value = value as Value;
    this.#first = first as Value;
    this.#baselineUnixNano = baselineUnixNano;
  }
}

export interface StreamKey {
  readonly startTimeUnixNano: bigint;
  readonly process: string;
}

/** The start time of the one stream in which the deltas of a process are remembered: no real start time is negative. */
export const deltaStart = -1n;

const noBytes = new Uint8Array();
