import type { Component, ComponentSettings } from '#component/component.ts';
import { type ClientContext, type Consumer, noClientContext } from '#component/consumer.ts';
import { withDeadline } from '#component/deadline.ts';
import { timerDelay } from '#component/timer-delay.ts';
import type { Metric, Metrics, ResourceMetrics } from '#pdata/metrics.ts';
import type { IntervalConfig } from './config.ts';
import { LatestPoints } from './latest-points.ts';

/**
 * Keeps the latest point of each stream, and passes all of them on at an interval: many points of a stream become one. Sums that can
 * decrease are passed on as they arrive, and so are gauges and summaries with `pass_through`.
 */
export class IntervalProcessor implements Component, Consumer<Metrics> {
  readonly #config: IntervalConfig;
  readonly #settings: ComponentSettings;
  readonly #next: Consumer<Metrics>;
  readonly #latest = new LatestPoints();
  readonly #dropped: { add(value: number): void };
  #timer: NodeJS.Timeout | undefined;

  constructor(config: IntervalConfig, settings: ComponentSettings, next: Consumer<Metrics>) {
    this.#config = config;
    this.#settings = settings;
    this.#next = next;
    const labels = { processor: settings.id };
    this.#dropped = settings.metrics.counter(
      'pitot_processor_interval_dropped_points_total',
      'Total number of data points that the next component refused at the end of an interval.',
      labels,
    );
    settings.metrics.gauge(
      'pitot_processor_interval_streams',
      'Number of streams whose latest point waits for the end of the interval.',
      labels,
      () => this.#latest.size,
    );
  }

  async start(): Promise<void> {
    this.#timer = setInterval(() => void this.flush(), timerDelay(this.#config.interval)).unref();
  }

  async shutdown(deadline: AbortSignal): Promise<void> {
    clearInterval(this.#timer);
    await withDeadline(this.flush(), deadline);
  }

  consume(metrics: Metrics, client: ClientContext): Promise<void> | undefined {
    const passed = metrics.resourceMetrics.flatMap((resource) => this.#keep(resource));
    const flushed = this.#latest.size >= this.#config.maxStreams ? this.flush() : undefined;
    if (passed.length === 0) return flushed;
    const dataPointCount = passed
      .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
      .reduce((count, metric) => count + metric.dataPoints.length, 0);
    const sent = this.#next.consume({ resourceMetrics: passed, dataPointCount }, client);
    return flushed === undefined ? sent : Promise.all([flushed, sent]).then(() => undefined);
  }

  /** Passes all kept points on. Never rejects: the clients have already received a response. */
  async flush(): Promise<void> {
    if (this.#latest.size === 0) return;
    const metrics = this.#latest.take();
    try {
      await this.#next.consume(metrics, noClientContext);
    } catch (error) {
      this.#dropped.add(metrics.dataPointCount);
      // Same text as the Collector.
      this.#settings.logger.error('Metrics export failed', {
        error: error instanceof Error ? error.message : String(error),
      });
    }
  }

  /** Keeps points of a resource. Returns the rest, if there is any. */
  #keep(resource: ResourceMetrics): ResourceMetrics[] {
    const scopeMetrics = resource.scopeMetrics.flatMap((scope) => {
      const rest: Metric[] = [];
      for (const metric of scope.metrics) {
        if (this.#isPassedOn(metric)) rest.push(metric);
        else if (metric.dataPoints.length > 0) this.#latest.add(metric, resource, scope);
      }
      return rest.length === 0 ? [] : [{ ...scope, metrics: rest }];
    });
    return scopeMetrics.length === 0 ? [] : [{ ...resource, scopeMetrics }];
  }

  #isPassedOn(metric: Metric): boolean {
    const { gauge, summary } = this.#config.passThrough;
    switch (metric.type) {
      case 'Gauge':
        return gauge;
      case 'Summary':
        return summary;
      case 'Sum':
        return !metric.isMonotonic;
      default:
        return false;
    }
  }
}
