import type { ClientContext, InFlightHold } from '#component/consumer.ts';
import { eventLoop } from '#flow/event-loop.ts';
import type { Splitter } from './split-data.ts';
import { takeItems } from './take-items.ts';

/** Requests that wait while a batch is being sent; further ones hold their senders back. */
export const queueSlots = 16;

/** Batches of one request that are sent before other work has its turn. */
const maxSentInARow = 16;

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

/** A request, and the memory that it holds until all of it was sent. */
interface Queued<Data> {
  readonly data: Data;
  readonly hold: InFlightHold | undefined;
}

interface Waiting<Data> extends Queued<Data> {
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
  /** Holds of the requests that the parts belong to. */
  #holds: InFlightHold[] = [];
  #queue: Queued<Data>[] = [];
  #blocked: Waiting<Data>[] = [];
  #sending: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** The timer came while a batch was being sent, or everything must go. */
  #flushDue = false;
  #stopped = false;
  #isPaused = false;
  #sentInARow = 0;

  constructor(splitter: Splitter<Data, Part>, options: BatcherOptions) {
    this.#splitter = splitter;
    this.#options = options;
    this.#hasTimer = options.timeout > 0 && options.sendBatchSize > 0;
  }

  start(): void {
    this.#restartTimer();
  }

  consume(data: Data, hold?: InFlightHold): Promise<void> | undefined {
    hold?.retain();
    if (this.#queue.length >= queueSlots) {
      return new Promise((admit) => this.#blocked.push({ data, hold, admit }));
    }
    this.#queue.push({ data, hold });
    this.#work();
    return undefined;
  }

  /** Sends everything that was taken; resolves when it is through. */
  async shutdown(): Promise<void> {
    this.#stopped = true;
    this.#isPaused = false;
    clearTimeout(this.#timer);
    while (this.#sending || this.#queue.length > 0 || this.#pending > 0) {
      if (this.#sending) await this.#sending;
      this.#flushDue = true;
      this.#work();
    }
  }

  /** Goes on until there is nothing to do, a batch is on its way, or other work has to have its turn. */
  #work(): void {
    while (!this.#sending && !this.#isPaused) {
      if (this.#mustSend()) {
        this.#flushDue = false;
        this.#send('size');
        this.#restartTimer();
        this.#pauseIfDue();
      } else if (this.#queue.length > 0) {
        this.#add(this.#queue.shift()!);
      } else if (this.#flushDue) {
        this.#flushDue = false;
        if (this.#pending > 0) this.#send('timeout');
        this.#restartTimer();
      } else {
        this.#sentInARow = 0;
        return;
      }
    }
  }

  #pauseIfDue(): void {
    this.#sentInARow += 1;
    if (this.#stopped || this.#sentInARow < maxSentInARow) return;
    this.#isPaused = true;
    eventLoop.soon(() => {
      this.#isPaused = false;
      this.#sentInARow = 0;
      this.#work();
    });
  }

  #mustSend(): boolean {
    return this.#pending > 0 && (!this.#hasTimer || this.#pending >= this.#options.sendBatchSize);
  }

  #add({ data, hold }: Queued<Data>): void {
    const items = this.#splitter.itemCount(data);
    if (items > 0) {
      for (const part of this.#splitter.parts(data)) this.#parts.push(part);
      this.#pending += items;
      if (hold) this.#holds.push(hold);
    } else hold?.release();
    const waiting = this.#blocked.shift();
    if (waiting === undefined) return;
    this.#queue.push(waiting);
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
    // What was cut holds memory until its rest was sent, too.
    const holds = isWhole ? this.#holds.splice(0) : [];
    const release = () => {
      for (const hold of holds) hold.release();
    };
    let sent: Promise<void> | undefined;
    try {
      sent = this.#splitter.send(batch, this.#options.context);
    } catch (error) {
      release();
      this.#options.onFailed(error, items);
      return;
    }
    if (sent === undefined) {
      release();
      this.#options.onSent(items, trigger);
      return;
    }
    this.#sending = sent
      .then(
        () => this.#options.onSent(items, trigger),
        (error: unknown) => this.#options.onFailed(error, items),
      )
      .then(() => {
        release();
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
