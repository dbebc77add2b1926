import type { Component, ComponentSettings } from '#component/component.ts';
import type { ClientContext, Consumer } from '#component/consumer.ts';
import { addedUp } from '#pdata/add-points.ts';
import { mapMetrics, withDataPoints } from '#pdata/map-points.ts';
import { type DataPoint, type Metric, type Metrics, temporality } from '#pdata/metrics.ts';
import { type PointEnvelope, streamIdentity } from '#pdata/stream-identity.ts';
import type { DeltaToCumulativeConfig } from './config.ts';

const sweepMs = 60_000;

interface Stream {
  /** The current cumulative value, as the point that is passed on. */
  state: DataPoint;
  seenMs: number;
}

/**
 * Converts delta sums and histograms to cumulative ones, with the start time of the first point of their stream
 * (docs/reference/collector-behaviour.md#delta-to-cumulative-processor). Drops and counts a point that starts before its stream or
 * is not newer than the latest point. Accepts gaps.
 */
export class DeltaToCumulativeProcessor implements Component, Consumer<Metrics> {
  readonly #config: DeltaToCumulativeConfig;
  readonly #settings: ComponentSettings;
  readonly #next: Consumer<Metrics>;
  readonly #streams = new Map<string, Stream>();
  #sweptMs = 0;

  constructor(config: DeltaToCumulativeConfig, settings: ComponentSettings, next: Consumer<Metrics>) {
    this.#config = config;
    this.#settings = settings;
    this.#next = next;
  }

  async start(): Promise<void> {
    const { metrics } = this.#settings;
    const { maxStreams, maxStale } = this.#config;
    metrics.gauge(
      'otelcol_deltatocumulative_streams_tracked',
      'Number of streams tracked',
      {},
      () => this.#streams.size,
    );
    metrics.gauge('otelcol_deltatocumulative_streams_limit', 'Upper limit of tracked streams', {}, () => maxStreams);
    metrics.gauge(
      'otelcol_deltatocumulative_streams_max_stale',
      'Seconds after which idle streams are forgotten',
      {},
      () => maxStale / 1000,
    );
  }

  async shutdown(): Promise<void> {}

  consume(metrics: Metrics, client: ClientContext): Promise<void> | undefined {
    this.#sweep();
    const changed = mapMetrics(metrics, (metric, envelope) => this.#metric(metric, { ...envelope, metric }));
    if (changed.resourceMetrics.length === 0) return undefined;
    return this.#next.consume(changed, client);
  }

  #metric(metric: Metric, envelope: PointEnvelope): Metric | undefined {
    if (!('aggregationTemporality' in metric) || metric.aggregationTemporality !== temporality.delta) return metric;
    const points = (metric.dataPoints as readonly DataPoint[]).flatMap((point) => this.#point(point, envelope) ?? []);
    if (points.length === 0) return undefined;
    return withDataPoints(metric, points, { aggregationTemporality: temporality.cumulative });
  }

  #point(point: DataPoint, envelope: PointEnvelope): DataPoint | undefined {
    const key = streamIdentity(point, envelope);
    const seenMs = this.#settings.clock.monotonic();
    const stream = this.#streams.get(key);
    if (stream === undefined) {
      if (this.#streams.size >= this.#config.maxStreams) return this.#left('limit');
      this.#streams.set(key, { state: point, seenMs });
      this.#counted({});
      return point;
    }
    if (point.startTimeUnixNano < stream.state.startTimeUnixNano) return this.#left('delta.ErrOlderStart');
    if (point.timeUnixNano <= stream.state.timeUnixNano) return this.#left('delta.ErrOutOfOrder');
    const sum = addedUp(envelope.metric.type, stream.state, point);
    stream.state = { ...sum, timeUnixNano: point.timeUnixNano };
    stream.seenMs = seenMs;
    this.#counted({});
    return stream.state;
  }

  #left(error: string): undefined {
    this.#counted({ error });
  }

  #counted(labels: Readonly<Record<string, string>>): void {
    this.#settings.metrics
      .counter('otelcol_deltatocumulative_datapoints', 'Number of data points processed', labels)
      .add(1);
  }

  #sweep(): void {
    const now = this.#settings.clock.monotonic();
    if (now - this.#sweptMs < sweepMs) return;
    this.#sweptMs = now;
    for (const [key, { seenMs }] of this.#streams) if (now - seenMs > this.#config.maxStale) this.#streams.delete(key);
  }
}
