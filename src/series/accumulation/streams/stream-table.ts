import type { OwnMetrics } from '#component/component.ts';
import type { DataPoint } from '#pdata/metrics.ts';
import type { PointContext } from '../../policy.ts';
import type { StateWriter } from '../state/state-writer.ts';
import type { AccumulatedSeries } from './accumulated-series.ts';
import { type Birth, birthOf } from './birth.ts';
import { Stream, type StreamKey } from './stream.ts';
import { StreamOrder } from './stream-order.ts';

export interface StreamTableOptions {
  /** How long an idle stream is remembered, ms. */
  readonly expirationMs: number;
  /** Bound on live streams. */
  readonly maxStreams: number;
  readonly metrics: OwnMetrics;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * All live streams of the exporter: bounded in number and in idle time. Forgetting one ("folding") changes no total, which
 * holds what the stream counted already; it only means that the stream would not be recognised again.
 */
export class StreamTable {
  /** When this state began, ns: set before the first point. */
  epochUnixNano = 0n;
  readonly #options: StreamTableOptions;
  /** Its stateWriter changes once, when storage has been read. */
  readonly #shared: { readonly stateWriter: StateWriter };
  readonly #order = new StreamOrder();
  readonly #counted: Record<Exclude<Birth, 'fresh'> | 'folded' | 'crowded_out' | 'duplicate', { add(n: number): void }>;
  /** For so long every stream that falls silent is surely remembered; less than the setting after a crowd. */
  #memoryMs: number;
  #memoryNano: bigint;
  #evictingUntilMs = Number.NEGATIVE_INFINITY;

  constructor(options: StreamTableOptions, shared: { readonly stateWriter: StateWriter }) {
    this.#options = options;
    this.#shared = shared;
    const { metrics, labels, expirationMs } = options;
    const counter = (name: string, help: string) => metrics.counter(`pitot_accumulation_${name}_total`, help, labels);
    metrics.gauge('pitot_accumulation_active_streams', 'Number of active streams.', labels, () => this.size);
    this.#counted = {
      folded: counter(
        'expired_streams',
        'Total number of streams that expired. Their contributions stay in the totals.',
      ),
      crowded_out: counter('evicted_streams', 'Total number of streams evicted because of max_streams.'),
      twin: counter('forked_streams', 'Total number of streams of forked processes. Only their growth is counted.'),
      straddling: counter(
        'preexisting_streams',
        "Total number of streams that started before pitot's state did. Only their growth is counted.",
      ),
      lost_sight: counter(
        'returning_streams',
        'Total number of streams that pitot may have counted and expired before. Only their growth is counted.',
      ),
      duplicate: counter('duplicate_points', 'Total number of data points that repeated a known value.'),
    };
    this.#memoryMs = expirationMs;
    this.#memoryNano = BigInt(Math.ceil(expirationMs * 1e6));
  }

  get size(): number {
    return this.#order.size;
  }

  /** How the stream that a point begins comes into the world. */
  birthOf(siblings: readonly Stream[], point: DataPoint): Birth {
    const birth = birthOf({
      hasSibling: siblings.length > 0,
      startTimeUnixNano: point.startTimeUnixNano,
      timeUnixNano: point.timeUnixNano,
      epochUnixNano: this.epochUnixNano,
      memoryNano: this.#memoryNano,
    });
    if (birth !== 'fresh') this.#counted[birth].add(1);
    return birth;
  }

  /** Begins a stream; makes room for it when there is none. */
  open<Value>(
    series: AccumulatedSeries,
    key: StreamKey,
    first: { value: Value; timeUnixNano: bigint; context: PointContext },
  ): Stream<Value> {
    const { value, timeUnixNano, context } = first;
    while (this.#order.size >= this.#options.maxStreams) this.#makeRoom(context.arrivalMs);
    const stream = Stream.begun(series, key, { value, timeUnixNano, heardMs: context.arrivalMs });
    this.adopt(stream);
    this.#shared.stateWriter.streamBorn(stream);
    return stream;
  }

  /** Takes in a stream that was restored. They must come in the order of `heardMs`. */
  adopt(stream: Stream): void {
    stream.series.streams.add(stream);
    this.#order.add(stream);
  }

  /** A point of the stream arrived. */
  heard(stream: Stream, nowMs: number): void {
    this.#order.touch(stream, nowMs);
    this.#shared.stateWriter.streamHeard(stream);
  }

  /** A point told nothing new. */
  repeated(): void {
    this.#counted.duplicate.add(1);
  }

  /** Forgets what has been idle for too long. */
  foldIdle(nowMs: number): void {
    for (let { oldest } = this.#order; oldest; { oldest } = this.#order) {
      if (nowMs - oldest.heardMs <= this.#options.expirationMs) break;
      this.#fold(oldest);
      this.#counted.folded.add(1);
    }
    if (nowMs > this.#evictingUntilMs) this.#remember(this.#options.expirationMs);
  }

  /** Forgets all streams of a series that is gone. */
  forgetSeries(series: AccumulatedSeries): void {
    for (const stream of series.streams.all()) this.#drop(stream);
  }

  /** The stream has ended and must not count any more. */
  end(stream: Stream): void {
    this.#fold(stream);
    this.#counted.folded.add(1);
  }

  /** In a crowd the oldest is forgotten early; from then on only younger streams are surely new. */
  #makeRoom(nowMs: number): void {
    const { oldest } = this.#order;
    if (!oldest) return;
    const idleMs = nowMs - oldest.heardMs;
    if (idleMs < this.#memoryMs) this.#remember(idleMs);
    this.#evictingUntilMs = nowMs + this.#options.expirationMs;
    this.#fold(oldest);
    this.#counted.crowded_out.add(1);
  }

  #remember(memoryMs: number): void {
    if (memoryMs === this.#memoryMs) return;
    this.#memoryMs = memoryMs;
    this.#memoryNano = BigInt(Math.floor(memoryMs * 1e6));
  }

  #fold(stream: Stream): void {
    stream.series.rule.forgotten(stream);
    this.#drop(stream);
  }

  #drop(stream: Stream): void {
    stream.series.streams.remove(stream);
    this.#order.remove(stream);
    this.#shared.stateWriter.streamGone(stream);
  }
}
