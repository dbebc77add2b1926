import type { ClientContext, InFlightHold } from '#component/consumer.ts';
import { timerDelay } from '#component/timer-delay.ts';
import { eventLoop } from '#flow/event-loop.ts';
import type { Splitter } from '#pdata/split/splitter.ts';
import { takeItems } from '#pdata/split/take-items.ts';

/**
 * Maximum number of requests queued behind the batch being sent. If the queue is full, further requests wait for a free
 * slot.
 */
export const queueSlots = 16;

/** Number of batches of one request to send before other work runs. */
const maxSentInARow = 16;

/** Operations on the data of a signal, and the next stage. */
export interface BatchTarget<Data, Part> extends Splitter<Data, Part> {
  send(data: Data, context: ClientContext): Promise<void> | undefined;
}

/** Settings and dependencies of {@link Batcher}. */
export interface BatcherOptions {
  /** Timeout in milliseconds. 0 disables waiting. */
  readonly timeout: number;
  readonly sendBatchSize: number;
  readonly sendBatchMaxSize: number;
  /** Context of every batch. */
  readonly context: ClientContext;
  onSent(items: number, trigger: Trigger): void;
  onFailed(error: unknown, items: number): void;
}

/** Reason for sending a batch. */
export type Trigger = 'size' | 'timeout';

/** A request and the memory that it holds until all of it was sent. */
interface Queued<Data> {
  readonly data: Data;
  readonly hold: InFlightHold | undefined;
}

interface Waiting<Data> extends Queued<Data> {
  readonly admit: () => void;
}

/**
 * Collects requests and sends them in batches, in order of arrival and one batch at a time. A request is accepted
 * immediately. If the queue is full because the next stage is slow, the caller waits
 * (docs/reference/collector-behaviour.md#batch-processor).
 */
export class Batcher<Data, Part> {
  readonly #splitter: BatchTarget<Data, Part>;
  readonly #options: BatcherOptions;
  readonly #hasTimer: boolean;
  #parts: Part[] = [];
  #pending = 0;
  /** In-flight holds of the requests in the current batch. */
  #holds: InFlightHold[] = [];
  #queue: Queued<Data>[] = [];
  #blocked: Waiting<Data>[] = [];
  #sending: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Whether to send everything: the timer fired while a batch was being sent, or the batcher is shutting down. */
  #flushDue = false;
  #stopped = false;
  #isPaused = false;
  #sentInARow = 0;

  constructor(splitter: BatchTarget<Data, Part>, options: BatcherOptions) {
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

  /** Sends all accepted data. Resolves when it has been sent. */
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

  /** Sends batches until there are none, one is in flight, or other work must run. */
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
    // A request that was split retains its memory until its last part was sent.
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
    }, timerDelay(this.#options.timeout));
    this.#timer.unref();
  }
}
