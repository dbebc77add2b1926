import type { Component, ComponentSettings } from '#component/component.ts';
import { type ClientContext, type Consumer, noClientContext } from '#component/consumer.ts';
import { withDeadline } from '#component/deadline.ts';
import { PermanentError } from '#component/errors.ts';
import { Batcher, type BatchTarget, type Trigger } from './batcher.ts';
import type { BatchConfig } from './config.ts';

const sizeBounds = [
  10, 25, 50, 75, 100, 250, 500, 750, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 10_000, 20_000, 30_000,
  50_000, 100_000,
];

/** The batch processor. Has one batcher, or one per combination of values of the `metadata_keys`. */
export class BatchProcessor<Data, Part> implements Component, Consumer<Data> {
  readonly #config: BatchConfig;
  readonly #settings: ComponentSettings;
  readonly #splitter: BatchTarget<Data, Part>;
  readonly #keys: readonly string[];
  readonly #batchers = new Map<string, Batcher<Data, Part>>();
  /** Shared by the pipelines that have this processor. */
  readonly #cardinality: { add(value: number): void };
  #isStopped = false;

  constructor(config: BatchConfig, settings: ComponentSettings, splitter: BatchTarget<Data, Part>) {
    this.#config = config;
    this.#settings = settings;
    this.#splitter = splitter;
    this.#keys = config.metadataKeys.map((key) => key.toLowerCase()).sort();
    this.#cardinality = settings.metrics.upDownCounter(
      'otelcol_processor_batch_metadata_cardinality',
      'Number of distinct metadata value combinations being processed [Development]',
      { processor: settings.id },
    );
    if (this.#keys.length === 0) this.#batchers.set('', this.#newBatcher(noClientContext));
  }

  async start(): Promise<void> {
    for (const batcher of this.#batchers.values()) batcher.start();
  }

  async shutdown(deadline: AbortSignal): Promise<void> {
    if (!this.#isStopped) this.#cardinality.add(-this.#batchers.size);
    this.#isStopped = true;
    if (deadline.aborted) return;
    await withDeadline(Promise.all([...this.#batchers.values()].map((batcher) => batcher.shutdown())), deadline);
  }

  consume(data: Data, context: ClientContext): Promise<void> | undefined {
    if (this.#keys.length === 0) return this.#batchers.get('')!.consume(data, context.inFlight);
    const values = this.#keys.map((key) => context.metadata.get(key) ?? []);
    const combination = JSON.stringify(values);
    let batcher = this.#batchers.get(combination);
    if (batcher === undefined) {
      const limit = this.#config.metadataCardinalityLimit;
      if (limit > 0 && this.#batchers.size >= limit) {
        return Promise.reject(new PermanentError('Permanent error: too many batcher metadata-value combinations'));
      }
      const metadata = new Map(this.#keys.map((key, i) => [key, values[i]!]));
      batcher = this.#newBatcher({ ...noClientContext, metadata });
      this.#batchers.set(combination, batcher);
      batcher.start();
    }
    return batcher.consume(data, context.inFlight);
  }

  #newBatcher(context: ClientContext): Batcher<Data, Part> {
    const { timeout, sendBatchSize, sendBatchMaxSize } = this.#config;
    this.#cardinality.add(1);
    return new Batcher(this.#splitter, {
      timeout,
      sendBatchSize,
      sendBatchMaxSize,
      context,
      onSent: (items, trigger) => this.#countSent(items, trigger),
      onFailed: (error, items) => this.#countFailed(error, items),
    });
  }

  #countSent(items: number, trigger: Trigger): void {
    const { id, metrics } = this.#settings;
    const labels = { processor: id };
    const sizeHelp = 'Number of units in the batch [Development]';
    metrics.histogram('otelcol_processor_batch_batch_send_size', sizeHelp, sizeBounds, labels).record(items);
    const reason = trigger === 'size' ? 'batch_size' : 'timeout';
    const reasonText = trigger === 'size' ? 'size' : 'timeout';
    const help = `Number of times the batch was sent due to a ${reasonText} trigger [Development]`;
    metrics.counter(`otelcol_processor_batch_${reason}_trigger_send`, help, labels).add(1);
  }

  /**
   * Counts and logs the items of a failed batch. They are lost, because their clients have already received a response.
   */
  #countFailed(error: unknown, items: number): void {
    const { id, metrics, logger } = this.#settings;
    logger.warn('Sender failed', { error: error instanceof Error ? error.message : String(error) });
    const help = 'Total number of points, spans, and log records in batches that the next component refused.';
    metrics.counter('pitot_processor_batch_dropped_items_total', help, { processor: id }).add(items);
  }
}
