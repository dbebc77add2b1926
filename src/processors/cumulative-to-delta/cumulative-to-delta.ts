import type { Component, ComponentSettings } from '#component/component.ts';
import type { ClientContext, Consumer } from '#component/consumer.ts';
import { mapMetrics, withDataPoints } from '#pdata/map-points.ts';
import {
  type DataPoint,
  type ExponentialHistogramDataPoint,
  type HistogramDataPoint,
  type Metric,
  type Metrics,
  type NumberDataPoint,
  noRecordedValueFlag,
  temporality,
} from '#pdata/metrics.ts';
import { type PointEnvelope, streamIdentity } from '#pdata/stream-identity.ts';
import type { CumulativeToDeltaConfig } from './config.ts';
import { type Delta, exponentialDelta, histogramDelta, numberDelta, withoutExtremes } from './deltas.ts';
import { selection } from './selection.ts';

/** Maximum number of tracked streams. The points of further streams are dropped and counted as `too_many_streams`. */
const maxStreams = 1_000_000;

interface Remembered {
  readonly point: DataPoint;
  readonly seenMs: number;
}

/**
 * Converts monotonic cumulative sums and cumulative histograms to deltas. Resource, scope, metric, and attributes of a
 * point identify its stream, and so does the start time: a new start time starts a new stream.
 */
export class CumulativeToDeltaProcessor implements Component, Consumer<Metrics> {
  readonly #config: CumulativeToDeltaConfig;
  readonly #settings: ComponentSettings;
  readonly #next: Consumer<Metrics>;
  readonly #isSelected: (metric: Metric) => boolean;
  readonly #streams = new Map<string, Remembered>();
  #sweptMs = 0;
  #startedUnixNano = 0n;

  constructor(config: CumulativeToDeltaConfig, settings: ComponentSettings, next: Consumer<Metrics>) {
    this.#config = config;
    this.#settings = settings;
    this.#next = next;
    this.#isSelected = selection(config);
  }

  async start(): Promise<void> {
    this.#startedUnixNano = BigInt(this.#settings.clock.now()) * 1_000_000n;
    this.#settings.metrics.gauge(
      'otelcol_cumulativetodelta_streams_tracked',
      'Number of streams tracked',
      {},
      () => this.#streams.size,
    );
  }

  async shutdown(): Promise<void> {}

  consume(metrics: Metrics, client: ClientContext): Promise<void> | undefined {
    this.#sweep();
    const changed = mapMetrics(metrics, (metric, envelope) => this.#metric(metric, { ...envelope, metric }));
    return this.#next.consume(changed, client);
  }

  #metric(metric: Metric, envelope: PointEnvelope): Metric | undefined {
    if (metric.dataPoints.length === 0) return undefined;
    const isCumulative = 'aggregationTemporality' in metric && metric.aggregationTemporality === temporality.cumulative;
    if (!isCumulative || !this.#isSelected(metric) || (metric.type === 'Sum' && !metric.isMonotonic)) return metric;
    const points = (metric.dataPoints as readonly DataPoint[]).flatMap((point) => this.#point(point, envelope) ?? []);
    return points.length > 0
      ? withDataPoints(metric, points, { aggregationTemporality: temporality.delta })
      : undefined;
  }

  #point(point: DataPoint, envelope: PointEnvelope): DataPoint | undefined {
    if ((point.flags & noRecordedValueFlag) !== 0) return undefined;
    const { type } = envelope.metric;
    const value = (point as NumberDataPoint).value;
    if (type === 'Sum' && Number.isNaN(value)) return point;
    const key = `${streamIdentity(point, envelope)}\u0002${point.startTimeUnixNano}\u0002${typeof value}`;
    const before = this.#streams.get(key);
    if (before === undefined) return this.#first(key, point, type);
    const delta = deltaOf(type, before.point, point);
    this.#remember(key, ('point' in delta && delta.next) || point);
    if ('point' in delta) return delta.point;
    if (delta.dropped === 'bucket_count') {
      this.#settings.logger.warn(
        'Points in histogram series have different numbers of buckets; some data will be dropped',
      );
    } else if (delta.dropped === 'bucket_bounds') {
      this.#settings.logger.warn(
        'Points in histogram series have different bucket boundaries; some data will be dropped',
      );
    }
    this.#dropped(type, delta.dropped === 'reset' ? 'reset' : 'bucket_mismatch');
    return undefined;
  }

  #first(key: string, point: DataPoint, type: Metric['type']): DataPoint | undefined {
    if (this.#streams.size >= maxStreams) {
      this.#dropped(type, 'too_many_streams');
      return undefined;
    }
    this.#remember(key, point);
    const { initialValue } = this.#config;
    const whole = type === 'Sum' ? point : withoutExtremes(point as HistogramDataPoint);
    if (initialValue === 'keep') return { ...whole, startTimeUnixNano: 0n } as DataPoint;
    const isOlder = point.startTimeUnixNano < this.#startedUnixNano || point.startTimeUnixNano === point.timeUnixNano;
    if (initialValue === 'auto' && !isOlder) return whole;
    this.#dropped(type, 'initial');
    return undefined;
  }

  #remember(key: string, point: DataPoint): void {
    this.#streams.set(key, { point, seenMs: this.#settings.clock.monotonic() });
  }

  #dropped(type: Metric['type'], reason: string): void {
    const labels = { metric_type: type.toLowerCase(), reason };
    this.#settings.metrics
      .counter('otelcol_cumulativetodelta_datapoints_dropped', 'Total number of dropped data points.', labels)
      .add(1);
  }

  /** Discards idle streams, once a minute or less often. Called for each request. */
  #sweep(): void {
    const { maxStaleness } = this.#config;
    const now = this.#settings.clock.monotonic();
    if (maxStaleness <= 0 || now - this.#sweptMs < Math.min(maxStaleness, 60_000)) return;
    this.#sweptMs = now;
    for (const [key, { seenMs }] of this.#streams) if (now - seenMs > maxStaleness) this.#streams.delete(key);
  }
}

function deltaOf(type: Metric['type'], before: DataPoint, now: DataPoint): Delta<DataPoint> {
  if (type === 'Sum') return numberDelta(before as NumberDataPoint, now as NumberDataPoint);
  if (type === 'Histogram') return histogramDelta(before as HistogramDataPoint, now as HistogramDataPoint);
  return exponentialDelta(before as ExponentialHistogramDataPoint, now as ExponentialHistogramDataPoint);
}
