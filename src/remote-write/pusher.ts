import type { ComponentSettings } from '#component/component.ts';
import { timerDelay } from '#component/timer-delay.ts';
import { eventLoop } from '#flow/event-loop.ts';
import type { MetricFamily } from '#prometheus/metric-family.ts';
import { type EncodedRequest, encodeRequests, type ProtocolVersion } from '#prometheus/remote-write/encode-requests.ts';
import type { PushedLabels } from '#prometheus/remote-write/pushed-labels.ts';
import { PushedSeries } from '#prometheus/remote-write/pushed-series.ts';
import { type FamilyMetadata, metadataType } from '#prometheus/remote-write/write-series.ts';
import type { PushOutcome } from './push-delivery.ts';

/** The families of one push. */
export interface PushedFamilies {
  readonly families: readonly MetricFamily[];
  /** Settles when everything that the families contain is on disk. */
  settled(): Promise<void> | undefined;
  /** Call when the receiver has all of them. */
  sent(): void;
}

/** Settings and dependencies of {@link Pusher}. */
export interface PusherOptions {
  readonly settings: ComponentSettings;
  readonly intervalMs: number;
  /** Collects the families, as for a scrape. */
  readonly collect: () => Promise<PushedFamilies>;
  readonly version: () => ProtocolVersion;
  readonly maxBytes: number;
  readonly labels: PushedLabels;
  readonly sendsNative: () => boolean;
  readonly sendsMetadata: boolean;
  /** Takes the requests of a push. Rejects if none of them is taken. */
  readonly deliver: (requests: readonly EncodedRequest[], outcome: PushOutcome) => Promise<void>;
}

/**
 * Writes the series of a store to a receiver at an interval: what a scrape would have returned at that moment, and the ends of series that
 * have disappeared.
 */
export class Pusher {
  readonly #options: PusherOptions;
  readonly #series = new PushedSeries();
  readonly #pushes: Readonly<Record<'queued' | 'failed' | 'skipped', { add(value: number): void }>>;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #lastSeconds = 0;

  constructor(options: PusherOptions) {
    this.#options = options;
    const { id, metrics } = options.settings;
    const counter = (outcome: string) =>
      metrics.counter(
        'pitot_remote_write_pushes_total',
        'Total number of pushes by outcome: queued, failed, or skipped.',
        {
          exporter: id,
          outcome,
        },
      );
    this.#pushes = { queued: counter('queued'), failed: counter('failed'), skipped: counter('skipped') };
    const labels = { exporter: id };
    metrics.gauge(
      'pitot_remote_write_pushed_series',
      'Number of stored series that the receiver has.',
      labels,
      () => this.#series.size,
    );
    metrics.gauge(
      'pitot_remote_write_last_push_timestamp_seconds',
      'Unix time of the last push that the receiver has completely, in seconds.',
      labels,
      () => this.#lastSeconds,
    );
  }

  start(): void {
    this.#timer = setInterval(() => {
      if (this.#running === undefined) void this.push();
      else this.#pushes.skipped.add(1);
    }, timerDelay(this.#options.intervalMs)).unref();
  }

  /** Pushes now. Never rejects; a failure is counted and logged. */
  push(): Promise<void> {
    this.#running = this.#push()
      .then(
        () => this.#pushes.queued.add(1),
        (error: unknown) => {
          this.#pushes.failed.add(1);
          this.#options.settings.logger.error('Push failed', { error: String(error) });
        },
      )
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  /** Ends the interval, and pushes a last time, so that the receiver has the latest totals. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
    await this.push();
  }

  async #push(): Promise<void> {
    const { settings, collect, version, maxBytes, labels, sendsNative, sendsMetadata, deliver } = this.#options;
    const { families, settled, sent } = await collect();
    const nowMs = settings.clock.now();
    const series = this.#series.next(families, { labels, sendsNative: sendsNative(), nowMs });
    const metadata = sendsMetadata ? families.map(metadataOf) : [];
    const requests = await eventLoop.begin(encodeRequests(series, metadata, { version: version(), maxBytes }));
    const { ends } = this.#series;
    await settled();
    const delivered = () => {
      this.#lastSeconds = nowMs / 1000;
      sent();
    };
    if (requests.length === 0) delivered();
    else {
      const discarded = () => this.#series.endAgain(ends);
      await deliver(requests, { delivered, discarded }).catch((error: unknown) => {
        discarded();
        throw error;
      });
    }
  }
}

function metadataOf({ name, type, help }: MetricFamily): FamilyMetadata {
  return { name, type: type === 'untyped' ? metadataType.unknown : metadataType[type], help, unit: '' };
}
