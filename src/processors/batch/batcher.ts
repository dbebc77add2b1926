import type { ClientContext } from '#component/consumer.ts';
import type { Splitter } from './split-data.ts';
import { takeItems } from './take-items.ts';

/** Requests that wait while a batch is being sent; further ones hold their senders back. */
export const queueSlots = 16;

export interface BatcherOptions {
  /** Milliseconds; 0: nothing waits. */
  readonly timeout: number;
  readonly sendBatchSize: number;
  readonly sendBatchMaxSize: number;
  /** What goes along with every batch. */
  readonly context: ClientContext;
  onSent(items: number, trigger: Trigger): void;
  onFailed(error: unknown, items: number): void;
}

/** Why a batch was sent. */
export type Trigger = 'size' | 'timeout';

interface Waiting<Data> {
  readonly data: Data;
  readonly admit: () => void;
}

/**
 * Collects requests and sends them in batches, in the order of arrival and one batch at a time. A request is accepted immediately. If the
 * queue is full because the next stage is slow, the caller waits (docs/reference/collector-behaviour.md#batch-processor).
 */
export class Batcher<Data, Part> {
  readonly #splitter: Splitter<Data, Part>;
  readonly #options: BatcherOptions;
  readonly #hasTimer: boolean;
  #parts: Part[] = [];
  #pending = 0;
  #queue: Data[] = [];
  #blocked: Waiting<Data>[] = [];
  #sending: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** The timer came while a batch was being sent, or everything must go. */
  #flushDue = false;
  #stopped = false;

  constructor(splitter: Splitter<Data, Part>, options: BatcherOptions) {
    this.#splitter = splitter;
    this.#options = options;
    this.#hasTimer = options.timeout > 0 && options.sendBatchSize > 0;
  }

  start(): void {
    this.#restartTimer();
  }

  consume(data: Data): Promise<void> | undefined {
    if (this.#queue.length >= queueSlots) {
      return new Promise((admit) => this.#blocked.push({ data, admit }));
    }
    this.#queue.push(data);
    this.#work();
    return undefined;
  }

  /** Sends everything that was taken; resolves when it is through. */
  async shutdown(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    while (this.#sending || this.#queue.length > 0 || this.#pending > 0) {
      if (this.#sending) await this.#sending;
      this.#flushDue = true;
      this.#work();
    }
  }

  /** Goes on until there is nothing to do, or a batch is on its way. */
  #work(): void {
    while (!this.#sending) {
      if (this.#mustSend()) {
        this.#flushDue = false;
        this.#send('size');
        this.#restartTimer();
      } else if (this.#queue.length > 0) {
        this.#add(this.#queue.shift()!);
      } else if (this.#flushDue) {
        this.#flushDue = false;
        if (this.#pending > 0) this.#send('timeout');
        this.#restartTimer();
      } else {
        return;
      }
    }
  }

  #mustSend(): boolean {
    return this.#pending > 0 && (!this.#hasTimer || this.#pending >= this.#options.sendBatchSize);
  }

  #add(data: Data): void {
    const items = this.#splitter.itemCount(data);
    if (items > 0) {
      this.#parts.push(...this.#splitter.parts(data));
      this.#pending += items;
    }
    const waiting = this.#blocked.shift();
    if (waiting === undefined) return;
    this.#queue.push(waiting.data);
    waiting.admit();
  }

  #send(trigger: Trigger): void {
    const items = this.#batchSize();
    const isWhole = items === this.#pending;
    const { head, rest } = isWhole
      ? { head: this.#parts, rest: [] }
      : takeItems(this.#parts, items, this.#splitter.level);
    const batch = this.#splitter.build(head, items);
    this.#parts = [...rest];
    this.#pending -= items;
    let sent: Promise<void> | undefined;
    try {
      sent = this.#splitter.send(batch, this.#options.context);
    } catch (error) {
      this.#options.onFailed(error, items);
      return;
    }
    if (sent === undefined) {
      this.#options.onSent(items, trigger);
      return;
    }
    this.#sending = sent
      .then(
        () => this.#options.onSent(items, trigger),
        (error: unknown) => this.#options.onFailed(error, items),
      )
      .then(() => {
        this.#sending = undefined;
        this.#work();
      });
  }

  #batchSize(): number {
    const { sendBatchMaxSize } = this.#options;
    return sendBatchMaxSize > 0 ? Math.min(this.#pending, sendBatchMaxSize) : this.#pending;
  }

  #restartTimer(): void {
    clearTimeout(this.#timer);
    if (!this.#hasTimer || this.#stopped) return;
    this.#timer = setTimeout(() => {
      this.#flushDue = true;
      this.#work();
    }, this.#options.timeout);
    this.#timer.unref();
  }
}
