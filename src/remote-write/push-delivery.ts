import type { ComponentSettings } from '#component/component.ts';
import { ExportLog } from '#exporterhelper/export-log.ts';
import type { RetryConfig } from '#exporterhelper/retry-config.ts';
import type { EncodedRequest } from '#prometheus/remote-write/encode-requests.ts';
import { BackgroundDelivery } from './background-delivery.ts';
import { MemoryRequests } from './memory-requests.ts';
import type { RemoteWriteSender } from './remote-write-sender.ts';
import type { RequestStore } from './request-store.ts';
import { observeWal } from './wal/wal-metrics.ts';
import { WalRequests } from './wal/wal-requests.ts';

/** Settings and dependencies of {@link PushDelivery}. */
export interface PushDeliveryOptions {
  readonly settings: ComponentSettings;
  readonly sender: RemoteWriteSender;
  readonly retry: RetryConfig;
  /** Maximum size of the requests that wait in memory. */
  readonly maxPendingBytes: number;
  /** Files in which requests wait instead. */
  readonly wal: { readonly directory: string; readonly maxBytes: number } | undefined;
}

/** Called once when the fate of a push is known. */
export interface PushOutcome {
  /** The receiver has all requests or, with files, they are on disk. */
  delivered(): void;
  /** A request was discarded because newer ones needed its space. */
  discarded(): void;
}

/** Requests of one push that are not delivered. */
interface Pending {
  left: number;
  isDiscarded: boolean;
  readonly outcome: PushOutcome;
}

/** Sends the requests of pushes in order, in the background. */
export class PushDelivery {
  readonly #store: RequestStore;
  readonly #background: BackgroundDelivery;
  /** The push of each request in memory. */
  readonly #pending = new WeakMap<EncodedRequest, Pending>();
  readonly #isOnDisk: boolean;

  constructor({ settings, sender, retry, maxPendingBytes, wal }: PushDeliveryOptions) {
    const { id, metrics, logger, clock } = settings;
    const log = new ExportLog({ logger, clock, advice: '' });
    const discarded = metrics.counter(
      'pitot_remote_write_discarded_samples_total',
      'Total number of samples and native histograms of pushes that were discarded because the receiver failed for too long.',
      { exporter: id },
    );
    this.#isOnDisk = wal !== undefined;
    this.#store = wal
      ? new WalRequests({ ...wal, logger })
      : new MemoryRequests({
          maxBytes: maxPendingBytes,
          onDiscarded: (request) => {
            const { counts } = request;
            this.#noteDiscarded(request);
            discarded.add(counts.samples + counts.histograms);
            log.dropped(new Error('max_pending_bytes reached'), counts.samples + counts.histograms, '');
          },
        });
    const wasRejected = wal ? observeWal(settings, this.#store).rejected : () => {};
    metrics.gauge(
      'pitot_remote_write_pending_bytes',
      'Size of the requests that wait to be sent in bytes.',
      { exporter: id },
      () => this.#store.bytes,
    );
    this.#background = new BackgroundDelivery({
      store: this.#store,
      clock,
      retry,
      random: Math.random,
      send: (request, attempt) => sender.send(request, attempt),
      onRetry: (error, delayMs) => log.retrying(error, delayMs),
      onSent: (request) => {
        log.succeeded();
        const pending = this.#pending.get(request);
        if (pending !== undefined && --pending.left === 0) pending.outcome.delivered();
      },
      onRejected: (error, { counts }) => {
        wasRejected(counts);
        log.dropped(error, counts.samples + counts.histograms, '');
      },
    });
  }

  start(): Promise<void> {
    return this.#background.start();
  }

  /** Takes the requests of a push. With files, they count as delivered when they are on disk. */
  async add(requests: readonly EncodedRequest[], outcome: PushOutcome): Promise<void> {
    if (!this.#isOnDisk) {
      const pending: Pending = { left: requests.length, isDiscarded: false, outcome };
      for (const request of requests) this.#pending.set(request, pending);
    }
    await this.#background.add(requests);
    if (this.#isOnDisk) outcome.delivered();
  }

  shutdown(deadline: AbortSignal): Promise<void> {
    return this.#background.shutdown(deadline);
  }

  #noteDiscarded(request: EncodedRequest): void {
    const pending = this.#pending.get(request);
    if (pending === undefined || pending.isDiscarded) return;
    pending.isDiscarded = true;
    pending.outcome.discarded();
  }
}
