import { ByteReader } from '../state/byte-reader.ts';
import type { StreamBlock } from '../state/stream-block.ts';
import type { AccumulatedSeries } from './accumulated-series.ts';
import type { Baseline } from './baseline.ts';
import type { StreamSet } from './stream-set.ts';

/**
 * The contribution of one process to a series: the points with one OTLP identity, process, and start time. There can be
 * a million streams, most of which never receive another point, so a restored stream decodes its content on first
 * access. `Value` is the state that the stream's data type keeps.
 */
export class Stream<Value = unknown> implements StreamSet {
  readonly series: AccumulatedSeries;
  /** Hash of the OTLP identity without process attributes; {@link anyIdentity} matches every identity. */
  identity: number;
  /** Identifies the process; `''` without process attributes. */
  readonly process: string;
  /** 0 if unknown. {@link deltaStart} if the process sends deltas, and `value` contains the windows that it sent. */
  readonly startTimeUnixNano: bigint;
  /** Arrival time of the latest point, monotonic clock, ms. */
  lastSeenMs: number;
  /** Neighbors in the order of `lastSeenMs`. */
  older: Stream | undefined = undefined;
  newer: Stream | undefined = undefined;
  /** Block that stores the stream. Undefined without storage and after removal. */
  block: StreamBlock | undefined = undefined;
  /** Position of the stream's content in the row from which its block was restored. Negative after decoding. */
  #storedAt = -1;
  #value: Value | undefined = undefined;
  #lowest: Value | undefined = undefined;
  #timeUnixNano = 0n;
  #baseline: Baseline<Value> | undefined = undefined;

  private constructor(series: AccumulatedSeries, key: StreamKey, lastSeenMs: number) {
    this.series = series;
    this.identity = key.identity;
    this.process = key.process;
    this.startTimeUnixNano = key.startTimeUnixNano;
    this.lastSeenMs = lastSeenMs;
  }

  /** Creates a stream that has received its first point. */
  static begun<Value>(
    series: AccumulatedSeries,
    key: StreamKey,
    first: StreamContent<Value>,
    lastSeenMs: number,
  ): Stream<Value> {
    const stream = new Stream<Value>(series, key, lastSeenMs);
    stream.#value = first.value;
    stream.#lowest = first.lowest;
    stream.#timeUnixNano = first.timeUnixNano;
    stream.#baseline = first.baseline;
    return stream;
  }

  /** Creates a stream whose content begins at `storedAt` of the block's row. */
  static stored(series: AccumulatedSeries, key: StreamKey, at: { block: StreamBlock; storedAt: number }): Stream {
    const stream = new Stream(series, key, at.block.writtenSeenMs);
    stream.block = at.block;
    stream.#storedAt = at.storedAt;
    return stream;
  }

  get storedAt(): number {
    return this.#storedAt;
  }

  /** Highest value received. In up-down counters and gauges, the latest one. */
  get value(): Value {
    if (this.#storedAt >= 0) Stream.#load(this);
    return this.#value as Value;
  }

  set value(value: Value) {
    if (this.#storedAt >= 0) Stream.#load(this);
    this.#value = value;
  }

  /** Lowest value received. Determines the baselines of forked streams. */
  get lowest(): Value {
    if (this.#storedAt >= 0) Stream.#load(this);
    return this.#lowest as Value;
  }

  set lowest(lowest: Value) {
    if (this.#storedAt >= 0) Stream.#load(this);
    this.#lowest = lowest;
  }

  /** Time of the point that contained `value`, or of a later one that repeated it. */
  get timeUnixNano(): bigint {
    if (this.#storedAt >= 0) Stream.#load(this);
    return this.#timeUnixNano;
  }

  set timeUnixNano(timeUnixNano: bigint) {
    if (this.#storedAt >= 0) Stream.#load(this);
    this.#timeUnixNano = timeUnixNano;
  }

  /** Undefined if the stream counts in full. */
  get baseline(): Baseline<Value> | undefined {
    if (this.#storedAt >= 0) Stream.#load(this);
    return this.#baseline;
  }

  set baseline(baseline: Baseline<Value> | undefined) {
    if (this.#storedAt >= 0) Stream.#load(this);
    this.#baseline = baseline;
  }

  /** Returns the stream itself if the key matches: a stream is also the set of the only stream of its series. */
  find(key: StreamKey): Stream | undefined {
    return isOf(this, key) ? this : undefined;
  }

  related({ identity, startTimeUnixNano }: Pick<StreamKey, 'identity' | 'startTimeUnixNano'>): readonly Stream[] {
    return startTimeUnixNano === this.startTimeUnixNano && isSameIdentity(this.identity, identity) ? [this] : noRelated;
  }

  ofProcess({ identity, process }: Pick<StreamKey, 'identity' | 'process'>): Stream[] {
    return process === this.process && isSameIdentity(this.identity, identity) ? [this] : [];
  }

  get isSingle(): boolean {
    return true;
  }

  all(): Stream[] {
    return [this];
  }

  /** A private method that is not static would need a field in each of a million streams. */
  static #load<Value>(stream: Stream<Value>): void {
    const reader = new ByteReader(stream.block?.row ?? noBytes, stream.#storedAt);
    const content = stream.series.rule.readStream(reader, stream.startTimeUnixNano) as StreamContent<Value>;
    stream.#storedAt = -1;
    stream.#value = content.value;
    stream.#lowest = content.lowest;
    stream.#timeUnixNano = content.timeUnixNano;
    stream.#baseline = content.baseline;
  }
}

/** Identity of a stream within its series. */
export interface StreamKey {
  readonly identity: number;
  readonly process: string;
  readonly startTimeUnixNano: bigint;
}

/** No streams. The same array wherever a series has no stream with a start time. */
export const noRelated: readonly Stream[] = [];

/** State that a rule stores for a stream. */
export interface StreamContent<Value = unknown> {
  readonly value: Value;
  readonly lowest: Value;
  readonly timeUnixNano: bigint;
  readonly baseline: Baseline<Value> | undefined;
}

/**
 * Start time of the stream that stores the deltas, the latest value, or the gauge of a process. No real start time is
 * negative.
 */
export const deltaStart = -1n;

/** Identity of a stream whose OTLP identity is unknown: version 1 of the state did not store it. */
export const anyIdentity = 0;

const noBytes = new Uint8Array();

/** Whether two hashes of OTLP identities are equal. `anyIdentity` equals every hash. */
export function isSameIdentity(a: number, b: number): boolean {
  return a === b || a === anyIdentity || b === anyIdentity;
}

/** Whether a stream has the start time, process, and identity of a key. */
export function isOf(stream: Stream, key: StreamKey): boolean {
  return stream.startTimeUnixNano === key.startTimeUnixNano && isOfProcess(stream, key);
}

/** Whether a stream has the process and identity of a key. */
export function isOfProcess(stream: Stream, { process, identity }: StreamKey): boolean {
  return stream.process === process && isSameIdentity(stream.identity, identity);
}
