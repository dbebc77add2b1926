import type { ComponentSettings, Host } from '#component/component.ts';
import type { ClientContext, Consumer } from '#component/consumer.ts';
import { withDeadline } from '#component/deadline.ts';
import { PermanentError } from '#component/errors.ts';
import { type Signal, type SignalData, type SignalItems, signalItems } from '#component/signals.ts';
import type { ComponentViews, QueueView } from '#component/views/component-views.ts';
import { type Splitter, splitters } from '#pdata/split/splitter.ts';
import { countSent } from './count-sent.ts';
import { ExportLog } from './export-log.ts';
import { ExporterMetrics } from './exporter-metrics.ts';
import { openStorage } from './open-storage.ts';
import { NotQueuedError } from './queue-errors.ts';
import { QueueStorage, type StoredRequest } from './queue-storage.ts';
import { requestCodec } from './request-codecs.ts';
import type { RetryConfig } from './retry-config.ts';
import type { Send } from './send.ts';
import { SendingQueue } from './sending-queue.ts';
import { queueOptions, type SendingQueueConfig } from './sending-queue-config.ts';
import { withRetry } from './with-retry.ts';
import { withTimeout } from './with-timeout.ts';

/** Settings and dependencies of {@link ExporterHelper}. */
export interface ExporterHelperOptions<S extends Signal> {
  readonly signal: S;
  readonly settings: ComponentSettings;
  /** `sending_queue`. Without a queue, `consume` settles with the result of `send`. */
  readonly queue?: SendingQueueConfig | undefined;
  /** `retry_on_failure`. Undefined if the exporter has no such setting: then nothing is sent twice. */
  readonly retry?: RetryConfig | undefined;
  /** `timeout` of one attempt in milliseconds; 0 for none. */
  readonly timeoutMs?: number;
  /** Random numbers from 0 to 1, for the delays of retries. */
  readonly random?: () => number;
  readonly send: Send<SignalData[S]>;
}

/** Time for aborted attempts to end, ms. */
const abortMs = 100;

/**
 * Delivery for all exporters: sending queue, batches, retries, timeout, log, and the Collector's metrics `otelcol_exporter_…`. A request
 * counts as sent when `send` succeeds, not when it enters the queue, and as failed when it is given up.
 *
 * An exporter calls `start` after it is ready to send, and `shutdown` before it closes its connections.
 */
export class ExporterHelper<S extends Signal> implements Consumer<SignalData[S]> {
  readonly #items: SignalItems<SignalData[S]>;
  readonly #send: Send<SignalData[S]>;
  readonly #queue: SendingQueue<SignalData[S], unknown> | undefined;
  readonly #waitForResult: boolean;
  readonly #signal: S;
  readonly #settings: ComponentSettings;
  /** ID of the storage extension; `''` for a queue in memory. */
  readonly #storage: string = '';
  #queueStorage: QueueStorage<SignalData[S]> | undefined;
  readonly #log: ExportLog;
  readonly #metrics: ExporterMetrics<S>;
  /** Aborts when a shutdown begins: no more retries. */
  readonly #stopping = new AbortController();
  /** Aborts at the deadline of the shutdown: attempts end. */
  readonly #ended = new AbortController();

  constructor({ signal, settings, queue, retry, timeoutMs = 0, random = Math.random, send }: ExporterHelperOptions<S>) {
    const { logger, clock } = settings;
    this.#signal = signal;
    this.#settings = settings;
    this.#items = signalItems[signal] as SignalItems<SignalData[S]>;
    this.#log = new ExportLog({ logger, clock, advice: advice(retry, queue) });
    this.#metrics = new ExporterMetrics(signal, settings);
    const retryOptions = {
      clock,
      random,
      stopping: this.#stopping.signal,
      onRetry: (error: unknown, delayMs: number) => this.#log.retrying(error, delayMs),
    };
    const limited = withTimeout(timeoutMs, send);
    const repeated = retry ? withRetry(retry, retryOptions, limited) : limited;
    this.#send = this.#noting(countSent(signal, settings, repeated));
    this.#waitForResult = queue?.waitForResult ?? false;
    if (!queue) return;
    this.#storage = queue.storage;
    this.#queue = new SendingQueue(
      queueOptions(queue),
      splitters[signal] as Splitter<SignalData[S], unknown>,
      (data, client) => this.#sendQueued(data, client),
    );
    this.#metrics.showQueue(this.#queue);
    if (queue.batch) this.#metrics.countBatches();
  }

  /** Opens the storage of the queue, and sends what the previous process left there. @throws Error that the user sees */
  async start(host: Host): Promise<void> {
    if (!this.#queue || this.#storage === '') return;
    const settings = this.#settings;
    const client = openStorage(this.#storage, { settings, signal: this.#signal, host });
    if (!client) return;
    const onCorrupted = ({ key, items }: StoredRequest, reason: string) => {
      this.#metrics.corrupted(items);
      settings.logger.error('Queued request is corrupted; dropping it', { key, dropped_items: items, reason });
    };
    const codec = requestCodec(this.#signal);
    this.#queueStorage = new QueueStorage({ client, codec, onCorrupted });
    const restored = this.#queue.useStorage(this.#queueStorage);
    if (restored > 0)
      settings.logger.info('Sending the requests that the previous process left', { requests: restored });
  }

  consume(data: SignalData[S], context: ClientContext): Promise<void> | undefined {
    const refused = (error: unknown): never => {
      const items = this.#items.count(data);
      if (error instanceof NotQueuedError) this.#metrics.enqueueFailed(items);
      this.#log.rejected(error, items, this.#items.example(data));
      throw error;
    };
    if (this.#queue) return this.#queue.offer(data, this.#items.count(data), context).catch(refused);
    let sent: Promise<void> | undefined;
    try {
      sent = this.#send(data, { client: context, signal: this.#ended.signal });
    } catch (error) {
      refused(error);
    }
    return sent?.catch(refused);
  }

  /**
   * Ends retries, and sends all queued requests once more. At the deadline, attempts are aborted, and what is left is given up. Resolves when
   * everything is sent or given up.
   */
  async shutdown(deadline: AbortSignal): Promise<void> {
    this.#stopping.abort();
    await withDeadline(this.#queue?.drain() ?? Promise.resolve(), deadline);
    this.#ended.abort();
    if (this.#queue) {
      this.#giveUp(this.#queue);
      await withDeadline(this.#queue.drain(), AbortSignal.timeout(abortMs));
    }
    this.#queueStorage?.close();
    this.#log.close();
  }

  /** Returns the views of an exporter for the console: its queue, if it has one. */
  views(): ComponentViews {
    return this.#queue ? { queue: () => this.queueView()! } : {};
  }

  /** The queue at this moment; undefined without a queue. */
  queueView(): QueueView | undefined {
    const queue = this.#queue;
    return queue && { unit: queue.sizer, size: queue.size, capacity: queue.capacity };
  }

  /** Notes in the log that sending works. */
  #noting(send: Send<SignalData[S]>): Send<SignalData[S]> {
    return (data, attempt) => {
      const sent = send(data, attempt);
      if (sent === undefined) return undefined;
      return sent.then(() => this.#log.succeeded());
    };
  }

  #sendQueued(data: SignalData[S], client: ClientContext): Promise<void> | undefined {
    const items = this.#items.count(data);
    this.#metrics.batchSent(items);
    const failed = (error: unknown): never => {
      const staysOnDisk = this.#storage !== '' && this.#stopping.signal.aborted && !(error instanceof PermanentError);
      if (!this.#waitForResult && !staysOnDisk) this.#log.dropped(error, items, this.#items.example(data));
      throw error;
    };
    try {
      return this.#send(data, { client, signal: this.#ended.signal })?.catch(failed);
    } catch (error) {
      return failed(error);
    }
  }

  /** Counts what waits at the deadline of a shutdown. What is being sent fails by its signal. */
  #giveUp(queue: SendingQueue<SignalData[S], unknown>): void {
    for (const data of queue.clear()) {
      const items = this.#items.count(data);
      this.#metrics.sendFailed(items);
      this.#log.dropped(new Error('interrupted due to shutdown'), items, this.#items.example(data));
    }
  }
}

/** Advice of the Collector about settings that would prevent a loss. */
function advice(retry: RetryConfig | undefined, queue: SendingQueueConfig | undefined): string {
  const retries =
    retry?.enabled === false ? ' Try enabling retry_on_failure config option to retry on retryable errors.' : '';
  return retries + (queue ? '' : ' Try enabling sending_queue to survive temporary failures.');
}
