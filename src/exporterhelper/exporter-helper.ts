import type { ComponentSettings } from '#component/component.ts';
import type { ClientContext, Consumer } from '#component/consumer.ts';
import { type Signal, type SignalData, type SignalItems, signalItems } from '#component/signals.ts';
import type { QueueView } from '#component/views/component-views.ts';
import { countSent, type Send } from './count-sent.ts';
import { SendingQueue } from './sending-queue.ts';
import type { SendingQueueConfig } from './sending-queue-config.ts';

export interface ExporterHelperOptions<S extends Signal> {
  readonly signal: S;
  readonly settings: ComponentSettings;
  /** Without a queue, `consume` settles with the result of `send`. */
  readonly queue?: SendingQueueConfig | undefined;
  /** Sends one request. Returns undefined if it has already been sent. */
  readonly send: Send<SignalData[S]>;
}

/**
 * Functions that all exporters share: the sending queue and the Collector's metrics `otelcol_exporter_…`. A request
 * counts as sent when `send` succeeds, not when it enters the queue.
 */
export class ExporterHelper<S extends Signal> implements Consumer<SignalData[S]> {
  readonly #settings: ComponentSettings;
  readonly #items: SignalItems<SignalData[S]>;
  readonly #send: Send<SignalData[S]>;
  readonly #queue: SendingQueue<SignalData[S]> | undefined;

  constructor({ signal, settings, queue, send }: ExporterHelperOptions<S>) {
    this.#settings = settings;
    this.#items = signalItems[signal] as SignalItems<SignalData[S]>;
    this.#send = countSent(signal, settings, send);
    if (queue) this.#queue = this.#createQueue(signal, queue);
  }

  consume(data: SignalData[S], context: ClientContext): Promise<void> | undefined {
    if (this.#queue === undefined) return this.#send(data);
    const items = this.#items.count(data);
    return this.#queue.offer(data, items, context.inFlight).catch((error: unknown) => {
      this.#countEnqueueFailed(items);
      throw error;
    });
  }

  /** Sends all queued requests. Resolves when all of them are sent or failed. */
  async drain(): Promise<void> {
    await this.#queue?.drain();
  }

  /** What the console shows of the queue; undefined without a queue. */
  queueView(): QueueView | undefined {
    const queue = this.#queue;
    return queue && { unit: queue.sizer, size: queue.size, capacity: queue.capacity };
  }

  #createQueue(signal: S, config: SendingQueueConfig): SendingQueue<SignalData[S]> {
    const queue = new SendingQueue<SignalData[S]>(config, this.#send);
    const { id, metrics, logger } = this.#settings;
    if (config.storage !== '') logger.warn('storage has no effect here: the queue is kept in memory');
    const labels = { data_type: signal, exporter: id };
    const sizeHelp = 'Current size of the retry queue (in batches). [Alpha]';
    metrics.gauge('otelcol_exporter_queue_size', sizeHelp, labels, () => queue.size);
    const capacityHelp = 'Fixed capacity of the retry queue (in batches). [Alpha]';
    metrics.gauge('otelcol_exporter_queue_capacity', capacityHelp, labels, () => config.queueSize);
    return queue;
  }

  #countEnqueueFailed(items: number): void {
    const { id, metrics } = this.#settings;
    const { name, words } = this.#items;
    const help = `Number of ${words} failed to be added to the sending queue. [Alpha]`;
    metrics.counter(`otelcol_exporter_enqueue_failed_${name}`, help, { exporter: id }).add(items);
  }
}
