import { type ClientContext, noClientContext } from '#component/consumer.ts';
import { RetryableError } from '#component/errors.ts';
import type { Splitter } from '#pdata/split/splitter.ts';
import { type Batch, Batches, type BatchesOptions } from './batches.ts';
import { Fifo } from './fifo.ts';

/** Estimated bytes of an item (point, span, or log record) in a queue that is measured in bytes. */
export const bytesPerItem = 100;

export interface SendingQueueOptions {
  readonly queueSize: number;
  readonly sizer: 'requests' | 'items' | 'bytes';
  /** Maximum number of requests that are sent at the same time. */
  readonly numConsumers: number;
  readonly waitForResult: boolean;
  readonly blockOnOverflow: boolean;
  readonly batch?: BatchesOptions | undefined;
}

/** A request does not fit into the queue. */
export class QueueFullError extends RetryableError {
  constructor() {
    super('sending queue is full');
  }
}

/** An accepted request. */
interface Entry<Data> {
  readonly data: Data;
  readonly size: number;
  readonly client: ClientContext;
  /** Batches with items of the request that are neither sent nor failed, and one for the items that are not in a batch yet. */
  parts: number;
  error: unknown;
  readonly settle: (error: unknown) => void;
}

/** Sends queued data. Returns undefined if it has already been sent. */
type SendQueued<Data> = (data: Data, client: ClientContext) => Promise<void> | undefined;

/**
 * Accepted requests that wait or are being sent, `numConsumers` at a time, in order of arrival. `queueSize` limits them: above the limit, a
 * request is refused, or waits for space with `blockOnOverflow`. At most one request starts in each turn of the event loop.
 */
export class SendingQueue<Data, Part> {
  readonly #options: SendingQueueOptions;
  readonly #send: SendQueued<Data>;
  readonly #waiting = new Fifo<Entry<Data>>();
  readonly #blocked = new Fifo<{ readonly entry: Entry<Data>; readonly admit: () => void }>();
  readonly #batches: Batches<Data, Part, Entry<Data>> | undefined;
  readonly #complete = new Fifo<Batch<Data, Entry<Data>>>();
  #size = 0;
  #entries = 0;
  #sending = 0;
  #isScheduled = false;
  #isDraining = false;
  readonly #drained = Promise.withResolvers<void>();

  constructor(options: SendingQueueOptions, splitter: Splitter<Data, Part>, send: SendQueued<Data>) {
    this.#options = options;
    this.#send = send;
    if (options.batch) {
      this.#batches = new Batches(splitter, options.batch, (batch) => {
        for (const entry of batch.entries) entry.parts += 1;
        for (const entry of batch.finished) entry.parts -= 1;
        this.#complete.push(batch);
        this.#schedule();
      });
    }
  }

  /** Size of the requests that wait or are being sent, in the unit of the sizer. */
  get size(): number {
    return this.#size;
  }

  get sizer(): SendingQueueOptions['sizer'] {
    return this.#options.sizer;
  }

  /** Maximum of `size`. */
  get capacity(): number {
    return this.#options.queueSize;
  }

  /**
   * Accepts a request of `itemCount` items. Retains the memory of `client.inFlight` until the request is sent or failed. Resolves when the
   * request is in the queue, or is sent with `waitForResult`.
   * @throws QueueFullError
   */
  offer(data: Data, itemCount: number, client: ClientContext = noClientContext): Promise<void> {
    const { waitForResult, blockOnOverflow } = this.#options;
    const { promise: result, resolve, reject } = Promise.withResolvers<void>();
    const settle = (error: unknown) => (error === undefined || !waitForResult ? resolve() : reject(error));
    const entry: Entry<Data> = { data, size: this.#sizeOf(itemCount), client, parts: 1, error: undefined, settle };
    let admitted = Promise.resolve();
    if (this.#blocked.length === 0 && this.#hasSpace(entry)) {
      this.#admit(entry);
    } else if (blockOnOverflow) {
      admitted = new Promise((admit) => this.#blocked.push({ entry, admit }));
    } else {
      return Promise.reject(new QueueFullError());
    }
    client.inFlight?.retain();
    return waitForResult ? result : admitted;
  }

  /** Sends everything without waiting for complete batches. Resolves when all requests are sent or failed. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    this.#schedule();
    if (this.#entries > 0) await this.#drained.promise;
  }

  /** Removes the requests that are not being sent, and settles them. Returns their data. */
  clear(): Data[] {
    const removed: Data[] = [];
    this.#isDraining = true;
    for (let entry = this.#waiting.shift(); entry; entry = this.#waiting.shift()) {
      removed.push(entry.data);
      this.#partDone(entry);
    }
    this.#batches?.flush();
    for (let batch = this.#complete.shift(); batch; batch = this.#complete.shift()) {
      removed.push(batch.data);
      for (const entry of batch.entries) this.#partDone(entry);
    }
    return removed;
  }

  #sizeOf(itemCount: number): number {
    if (this.#options.sizer === 'requests') return 1;
    return this.#options.sizer === 'items' ? itemCount : itemCount * bytesPerItem;
  }

  /** A request larger than the whole queue is accepted if the queue is empty. */
  #hasSpace({ size }: Entry<Data>): boolean {
    return this.#entries === 0 || this.#size + size <= this.#options.queueSize;
  }

  #admit(entry: Entry<Data>): void {
    this.#waiting.push(entry);
    this.#entries += 1;
    this.#size += entry.size;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      this.#turn();
    });
  }

  #turn(): void {
    if (this.#sending >= this.#options.numConsumers) return;
    if (this.#batches) this.#assemble(this.#batches);
    const next = this.#batches ? this.#complete.shift() : this.#single();
    if (next === undefined) return;
    this.#start(next);
    this.#schedule();
  }

  /** Adds waiting requests to batches until one is complete. */
  #assemble(batches: Batches<Data, Part, Entry<Data>>): void {
    while (this.#complete.length === 0) {
      const entry = this.#waiting.shift();
      if (entry === undefined) {
        if (this.#isDraining) batches.flush();
        return;
      }
      batches.add(entry.data, entry, entry.client);
    }
  }

  #single(): Batch<Data, Entry<Data>> | undefined {
    const entry = this.#waiting.shift();
    if (entry === undefined) return undefined;
    return { data: entry.data, entries: [entry], finished: [entry], client: entry.client };
  }

  #start({ data, entries, client }: Batch<Data, Entry<Data>>): void {
    const finish = (error?: unknown) => {
      this.#sending -= 1;
      for (const entry of entries) {
        entry.error ??= error;
        this.#partDone(entry);
      }
      this.#schedule();
    };
    this.#sending += 1;
    let sent: Promise<void> | undefined;
    try {
      sent = this.#send(data, client);
    } catch (error) {
      finish(error);
      return;
    }
    if (sent === undefined) finish();
    else sent.then(() => finish(), finish);
  }

  #partDone(entry: Entry<Data>): void {
    entry.parts -= 1;
    if (entry.parts > 0) return;
    this.#entries -= 1;
    this.#size -= entry.size;
    entry.client.inFlight?.release();
    entry.settle(entry.error);
    this.#admitBlocked();
    if (this.#entries === 0 && this.#isDraining) this.#drained.resolve();
  }

  #admitBlocked(): void {
    for (let next = this.#blocked.peek(); next && this.#hasSpace(next.entry); next = this.#blocked.peek()) {
      this.#blocked.shift();
      this.#admit(next.entry);
      next.admit();
    }
  }
}
