import { type ClientContext, noClientContext } from '#component/consumer.ts';
import { PermanentError } from '#component/errors.ts';
import type { Splitter } from '#pdata/split/splitter.ts';
import { type Batch, Batches, type BatchesOptions } from './batches.ts';
import { Fifo } from './fifo.ts';
import { QueueFullError } from './queue-errors.ts';
import type { QueueStorage, StoredRequest } from './queue-storage.ts';

/** Estimated bytes of an item (point, span, or log record) in a queue that is measured in bytes. */
export const bytesPerItem = 100;

/** Settings and dependencies of {@link SendingQueue}. */
export interface SendingQueueOptions {
  readonly queueSize: number;
  readonly sizer: 'requests' | 'items' | 'bytes';
  /** Maximum number of requests that are sent at the same time. */
  readonly numConsumers: number;
  readonly waitForResult: boolean;
  readonly blockOnOverflow: boolean;
  readonly batch?: BatchesOptions | undefined;
}

/** An accepted request. */
interface Entry<Data> {
  /** Undefined if the data is only on disk. */
  data: Data | undefined;
  stored: StoredRequest | undefined;
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
  #storage: QueueStorage<Data> | undefined;
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

  /** Keeps requests on disk from now on, and sends those of the previous process first. Returns their number. */
  useStorage(storage: QueueStorage<Data>): number {
    this.#storage = storage;
    const restored = storage.restore();
    for (const stored of restored) {
      const size = this.#sizeOf(stored.items);
      const entry: Entry<Data> = {
        ...{ data: undefined, stored, size, client: noClientContext },
        ...{ parts: 1, error: undefined, settle: () => undefined },
      };
      this.#reserve(entry);
      this.#enqueue(entry);
    }
    return restored.length;
  }

  /**
   * Accepts a request of `itemCount` items. Retains the memory of `client.inFlight` until the request is sent or failed, or is only on disk.
   * Resolves when the request is in the queue (and on disk), or is sent with `waitForResult`.
   * @throws NotQueuedError if the queue is full or the disk cannot be written
   */
  async offer(data: Data, itemCount: number, client: ClientContext = noClientContext): Promise<void> {
    const { waitForResult, blockOnOverflow } = this.#options;
    const { promise: result, resolve, reject } = Promise.withResolvers<void>();
    const settle = (error: unknown) => (error === undefined || !waitForResult ? resolve() : reject(error));
    const size = this.#sizeOf(itemCount);
    const entry: Entry<Data> = { data, stored: undefined, size, client, parts: 1, error: undefined, settle };
    if (this.#blocked.length === 0 && this.#hasSpace(entry)) {
      this.#reserve(entry);
    } else if (blockOnOverflow) {
      await new Promise<void>((admit) => this.#blocked.push({ entry, admit }));
    } else {
      throw new QueueFullError();
    }
    if (this.#storage) await this.#store(this.#storage, entry, itemCount);
    else client.inFlight?.retain();
    this.#enqueue(entry);
    if (waitForResult) await result;
  }

  /** Sends everything without waiting for complete batches. Resolves when all requests are sent or failed, or remain on disk. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    this.#schedule();
    if (!this.#isDrained()) await this.#drained.promise;
  }

  /** Removes the requests that are not being sent, and settles them. Returns the data that is not on disk. */
  clear(): Data[] {
    const removed: Data[] = [];
    this.#isDraining = true;
    if (this.#storage) {
      this.#batches?.flush();
      return removed;
    }
    for (let entry = this.#waiting.shift(); entry; entry = this.#waiting.shift()) {
      removed.push(entry.data!);
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

  #reserve(entry: Entry<Data>): void {
    this.#entries += 1;
    this.#size += entry.size;
  }

  #enqueue(entry: Entry<Data>): void {
    this.#waiting.push(entry);
    this.#schedule();
  }

  /** Writes a request to disk. It stays in memory, too, if a consumer is free to send it. @throws NotQueuedError */
  async #store(storage: QueueStorage<Data>, entry: Entry<Data>, itemCount: number): Promise<void> {
    try {
      entry.stored = await storage.put(entry.data!, itemCount);
    } catch (error) {
      this.#release(entry);
      throw error;
    }
    if (this.#waiting.length + this.#sending < this.#options.numConsumers) entry.client.inFlight?.retain();
    else entry.data = undefined;
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
    // The next process sends the requests that are on disk.
    if (this.#storage && this.#isDraining) return;
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
      const data = this.#dataOf(entry);
      if (data === undefined) this.#partDone(entry);
      else batches.add(data, entry, entry.client);
    }
  }

  #single(): Batch<Data, Entry<Data>> | undefined {
    for (let entry = this.#waiting.shift(); entry; entry = this.#waiting.shift()) {
      const data = this.#dataOf(entry);
      if (data !== undefined) return { data, entries: [entry], finished: [entry], client: entry.client };
      this.#partDone(entry);
    }
    return undefined;
  }

  /** Returns the data of a request; undefined if it was on disk and cannot be read. */
  #dataOf(entry: Entry<Data>): Data | undefined {
    if (entry.data === undefined && entry.stored) entry.data = this.#storage?.load(entry.stored);
    else return entry.data;
    entry.client.inFlight?.retain();
    return entry.data;
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
    if (entry.stored && !this.#keeps(entry)) this.#storage?.remove(entry.stored);
    entry.client.inFlight?.release();
    this.#release(entry);
    entry.settle(entry.error);
  }

  /** A request that failed because of a shutdown stays on disk. */
  #keeps({ error }: Entry<Data>): boolean {
    return this.#isDraining && error !== undefined && !(error instanceof PermanentError);
  }

  #release(entry: Entry<Data>): void {
    this.#entries -= 1;
    this.#size -= entry.size;
    this.#admitBlocked();
    if (this.#isDraining && this.#isDrained()) this.#drained.resolve();
  }

  #isDrained(): boolean {
    return this.#entries === 0 || (this.#storage !== undefined && this.#sending === 0);
  }

  #admitBlocked(): void {
    for (let next = this.#blocked.peek(); next && this.#hasSpace(next.entry); next = this.#blocked.peek()) {
      this.#blocked.shift();
      this.#reserve(next.entry);
      next.admit();
    }
  }
}
