import type { ComponentSettings } from '#component/component.ts';
import { type Signal, type SignalItems, signalItems } from '#component/signals.ts';

/** Bounds of the Collector's histogram of batch sizes. */
const sizeBounds = [
  10, 25, 50, 75, 100, 250, 500, 750, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 10_000, 20_000, 30_000,
  50_000, 100_000,
];

/** The Collector's metrics of an exporter's queue. Those about sending are in `countSent`. */
export class ExporterMetrics<S extends Signal> {
  readonly #signal: S;
  readonly #settings: ComponentSettings;
  readonly #items: SignalItems<never>;
  #batchSizes: { record(value: number): void } | undefined;

  constructor(signal: S, settings: ComponentSettings) {
    this.#signal = signal;
    this.#settings = settings;
    this.#items = signalItems[signal];
  }

  showQueue(queue: { readonly size: number; readonly capacity: number }): void {
    const { id, metrics } = this.#settings;
    const labels = { data_type: this.#signal, exporter: id };
    const sizeHelp = 'Current size of the retry queue (in batches). [Alpha]';
    metrics.gauge('otelcol_exporter_queue_size', sizeHelp, labels, () => queue.size);
    const capacityHelp = 'Fixed capacity of the retry queue (in batches). [Alpha]';
    metrics.gauge('otelcol_exporter_queue_capacity', capacityHelp, labels, () => queue.capacity);
  }

  /** Shows the sizes of batches, at level `detailed`. */
  countBatches(): void {
    const { id, metrics } = this.#settings;
    const help =
      'Number of units in the batch. Only recorded when batching is enabled. Only available on detailed level. [Development]';
    this.#batchSizes = metrics.histogram('otelcol_exporter_queue_batch_send_size', help, sizeBounds, { exporter: id });
  }

  batchSent(items: number): void {
    this.#batchSizes?.record(items);
  }

  enqueueFailed(items: number): void {
    this.#add(
      'enqueue_failed',
      `Number of ${this.#items.words} failed to be added to the sending queue. [Alpha]`,
      items,
    );
  }

  /** Counts items of requests on disk that cannot be read. */
  corrupted(items: number): void {
    const { id, metrics } = this.#settings;
    const help = 'Total number of items in queued requests that could not be read from disk.';
    metrics.counter('pitot_exporter_queue_corrupted_items_total', help, { exporter: id }).add(items);
  }

  /** Counts items that were never tried. */
  sendFailed(items: number): void {
    this.#add(
      'send_failed',
      `Number of ${this.#items.words} in failed attempts to send to destination. [Alpha]`,
      items,
    );
  }

  #add(outcome: string, help: string, items: number): void {
    const { id, metrics } = this.#settings;
    metrics.counter(`otelcol_exporter_${outcome}_${this.#items.name}`, help, { exporter: id }).add(items);
  }
}
