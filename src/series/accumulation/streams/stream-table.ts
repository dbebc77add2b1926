import type { Clock, OwnMetrics } from '#component/component.ts';
import type { Slices } from '#flow/slices.ts';
import type { StateWriter } from '../state/state-writer.ts';
import type { AccumulatedSeries } from './accumulated-series.ts';
import { EarlyProcesses } from './early-processes.ts';
import { ForkWindows } from './fork-windows.ts';
import { Horizons } from './horizons.ts';
import { Stream, type StreamContent, type StreamKey } from './stream.ts';
import { type StreamCounters, streamCounters } from './stream-counters.ts';
import { StreamOrder } from './stream-order.ts';
import { withoutStream, withStream } from './stream-set.ts';
import { Tombstones } from './tombstones.ts';

/** Settings and dependencies of {@link StreamTable}. */
export interface StreamTableOptions {
  /** Time without points after which a stream that counts expires, ms. */
  readonly expirationMs: number;
  /** Time without points after which a stream that contributes its latest value expires, ms. */
  readonly levelExpirationMs: number;
  /** Maximum number of active streams. */
  readonly maxStreams: number;
  readonly maxTombstones: number;
  /** Returns whether another pod of a sharded pitot owns a series now. Undefined without sharding. */
  readonly isElsewhere?: ((series: AccumulatedSeries) => boolean) | undefined;
  readonly clock: Clock;
  readonly metrics: OwnMetrics;
  readonly labels: Readonly<Record<string, string>>;
}

/** Number of streams to discard between two pauses. */
const streamsPerSlice = 500;

/** Whether a stream adds to a total permanently, or contributes its latest value while its process is active. */
export type StreamUse = 'count' | 'level';

/**
 * The active streams of an exporter, limited in number and idle time, and the records of discarded ones. Discarding a
 * stream changes no total: its contribution remains, and its tombstone lets it continue.
 */
export class StreamTable {
  /** State start, ns. Set before the first point. */
  epochUnixNano = 0n;
  /** Whether a shown total can include streams from before the state start; see {@link NewStream}. */
  isUnrecorded = true;
  readonly horizons = new Horizons();
  readonly tombstones: Tombstones;
  readonly earlyProcesses = new EarlyProcesses();
  readonly forkWindows = new ForkWindows();
  readonly counters: StreamCounters;
  readonly #options: StreamTableOptions;
  /** Its state writer is replaced once, after storage was read. */
  readonly #shared: { readonly stateWriter: StateWriter };
  /** Number of active streams that count, of series that another pod owns now. */
  #elsewhere = 0;
  readonly #orders: Readonly<Record<StreamUse, StreamOrder>> = { count: new StreamOrder(), level: new StreamOrder() };

  constructor(options: StreamTableOptions, shared: { readonly stateWriter: StateWriter }) {
    this.#options = options;
    this.#shared = shared;
    this.tombstones = new Tombstones({ maxCount: options.maxTombstones, horizons: this.horizons });
    this.counters = streamCounters(options);
    const { metrics, labels } = options;
    metrics.gauge('pitot_accumulation_active_streams', 'Number of active streams.', labels, () => this.size);
    if (options.isElsewhere) {
      metrics.gauge(
        'pitot_accumulation_previous_ring_streams',
        'Number of active streams that stay with this pod because of a previous ring. When it is 0 on all pods, the ring can be removed from the configuration.',
        labels,
        () => this.#elsewhere,
      );
    }
    metrics.gauge(
      'pitot_accumulation_tombstones',
      'Number of tombstones: streams that pitot has counted and discarded.',
      labels,
      () => this.tombstones.size,
    );
  }

  get size(): number {
    return this.#orders.count.size + this.#orders.level.size;
  }

  /** Creates a stream. Evicts the stream that has been idle longest if the table is full. */
  open<Value>(
    series: AccumulatedSeries,
    key: StreamKey,
    first: StreamContent<Value>,
    arrivalMs: number,
  ): Stream<Value> {
    while (this.size >= this.#options.maxStreams) this.#evict();
    const stream = Stream.begun(series, key, first, arrivalMs);
    this.adopt(stream);
    this.#shared.stateWriter.streamCreated(stream);
    return stream;
  }

  /** Adds a restored stream. Streams must be added in the order of `lastSeenMs`. */
  adopt(stream: Stream): void {
    const { series } = stream;
    series.streams = withStream(series.streams, stream);
    this.#orderOf(stream).add(stream);
    this.#noteElsewhere(stream, 1);
  }

  /** Call when a point of the stream has arrived. */
  seen(stream: Stream, nowMs: number): void {
    this.#orderOf(stream).touch(stream, nowMs);
    this.#shared.stateWriter.streamSeen(stream);
  }

  /** Discards idle streams, and records of streams that were discarded more than a week ago. In slices. */
  *expire(nowMs: number): Slices<void> {
    const { expirationMs, levelExpirationMs } = this.#options;
    yield* this.#expire(this.#orders.count, nowMs - expirationMs);
    yield* this.#expire(this.#orders.level, nowMs - levelExpirationMs);
    yield* this.tombstones.expire(this.#options.clock.now());
  }

  /** Discards all streams of a series, in slices, if they are so many that this takes long. */
  *thinOut(series: AccumulatedSeries): Slices<void> {
    const streams = series.streams.all();
    if (streams.length <= streamsPerSlice) return;
    let steps = 0;
    for (const stream of streams) {
      // A point can have replaced it in the meantime.
      if (series.streams.find(stream) !== stream) continue;
      this.#discard(stream);
      this.counters.expired.add(1);
      if (++steps % streamsPerSlice === 0) yield;
    }
  }

  /** Discards all streams of a removed series. */
  discardSeries(series: AccumulatedSeries): void {
    for (const stream of series.streams.all()) this.#remove(stream);
  }

  /** Discards a stream that has ended. */
  end(stream: Stream): void {
    this.#discard(stream);
    this.counters.expired.add(1);
  }

  /** Discards a stream that another one of the same process replaces. It leaves no tombstone. */
  replace(stream: Stream): void {
    stream.series.rule.discarded(stream);
    this.#drop(stream);
  }

  *#expire(order: StreamOrder, beforeMs: number): Slices<void> {
    let steps = 0;
    for (let { oldest } = order; oldest && oldest.lastSeenMs < beforeMs; { oldest } = order) {
      this.#discard(oldest);
      this.counters.expired.add(1);
      if (++steps % streamsPerSlice === 0) yield;
    }
  }

  #evict(): void {
    const { count, level } = this.#orders;
    const oldest =
      count.oldest && level.oldest && level.oldest.lastSeenMs < count.oldest.lastSeenMs
        ? level.oldest
        : (count.oldest ?? level.oldest);
    if (!oldest) return;
    this.#discard(oldest);
    this.counters.evicted.add(1);
  }

  #discard(stream: Stream): void {
    stream.series.rule.discarded(stream);
    this.#remove(stream);
  }

  #remove(stream: Stream): void {
    const tombstone = stream.series.rule.tombstoneOf(stream);
    if (tombstone) this.tombstones.add(tombstone, this.#options.clock.now());
    this.#drop(stream);
  }

  #drop(stream: Stream): void {
    const { series } = stream;
    series.streams = withoutStream(series.streams, stream);
    this.#orderOf(stream).remove(stream);
    this.#noteElsewhere(stream, -1);
    this.#shared.stateWriter.streamRemoved(stream);
  }

  #noteElsewhere(stream: Stream, by: 1 | -1): void {
    const { isElsewhere } = this.#options;
    if (isElsewhere?.(stream.series) && stream.series.rule.useOf(stream) === 'count') this.#elsewhere += by;
  }

  #orderOf(stream: Stream): StreamOrder {
    return this.#orders[stream.series.rule.useOf(stream)];
  }
}
