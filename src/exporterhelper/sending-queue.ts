import type { InFlightHold } from '#component/consumer.ts';
import { RetryableError } from '#component/errors.ts';
import type { Send } from './count-sent.ts';

/** Estimated bytes of an item (point, span, or log record) in a queue that is measured in bytes. */
const bytesPerItem = 100;

export interface SendingQueueOptions {
  readonly queueSize: number;
  readonly sizer: 'requests' | 'items' | 'bytes';
  readonly waitForResult: boolean;
  readonly blockOnOverflow: boolean;
}

interface Waiting<Data> {
  readonly data: Data;
  readonly size: number;
  readonly hold: InFlightHold | undefined;
  readonly sent: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Queued requests, of which one is sent in each turn of the event loop, in order of arrival. `queueSize` limits them:
 * above the limit, a request is refused, or waits for space with `blockOnOverflow`.
 */
export class SendingQueue<Data> {
  readonly #options: SendingQueueOptions;
  readonly #send: Send<Data>;
  #queue: Waiting<Data>[] = [];
  #blocked: { readonly entry: Waiting<Data>; readonly admit: () => void }[] = [];
  #size = 0;
  #scheduled = false;
  #sending: Promise<void> | undefined;

  constructor(options: SendingQueueOptions, send: Send<Data>) {
    this.#options = options;
    this.#send = send;
  }

  /** Size of the queued requests, in the unit of the sizer. */
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
   * Accepts a request of `itemCount` items. `hold` is its memory, which is released when the request is sent or failed.
   * Resolves when the request is in the queue, or is sent with `waitForResult`.
   * @throws RetryableError `sending queue is full`
   */
  offer(data: Data, itemCount: number, hold?: InFlightHold): Promise<void> {
    const { promise, resolve: sent, reject } = Promise.withResolvers<void>();
    // Without `waitForResult`, the client has already received a response, and `send` has counted the failure.
    const failed = this.#options.waitForResult ? reject : () => sent();
    const entry = { data, size: this.#sizeOf(itemCount), hold, sent, failed };
    let admitted = Promise.resolve();
    if (this.#hasSpace(entry)) {
      this.#admit(entry);
    } else if (this.#options.blockOnOverflow) {
      admitted = new Promise((admit) => this.#blocked.push({ entry, admit }));
    } else {
      return Promise.reject(new RetryableError('sending queue is full'));
    }
    hold?.retain();
    return this.#options.waitForResult ? promise : admitted;
  }

  /** Sends all queued requests. Resolves when all of them are sent or failed. */
  async drain(): Promise<void> {
    await this.#sending;
    while (this.#queue.length > 0) await this.#sendNext();
  }

  #sizeOf(itemCount: number): number {
    if (this.#options.sizer === 'requests') return 1;
    return this.#options.sizer === 'items' ? itemCount : itemCount * bytesPerItem;
  }

  /** Blocked requests take precedence. A request larger than the whole queue is accepted if the queue is empty. */
  #hasSpace({ size }: Waiting<Data>): boolean {
    if (this.#queue.length === 0) return true;
    return this.#blocked.length === 0 && this.#size + size <= this.#options.queueSize;
  }

  #admit(entry: Waiting<Data>): void {
    this.#queue.push(entry);
    this.#size += entry.size;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#queue.length === 0) return;
    this.#scheduled = true;
    setImmediate(async () => {
      if (this.#queue.length > 0) await this.#sendNext();
      this.#scheduled = false;
      this.#schedule();
    });
  }

  #sendNext(): Promise<void> | undefined {
    const entry = this.#queue.shift()!;
    this.#size -= entry.size;
    let finished: Promise<void> | undefined;
    try {
      finished = this.#send(entry.data);
    } catch (error) {
      entry.hold?.release();
      entry.failed(error);
      this.#admitBlocked();
      return undefined;
    }
    if (finished === undefined) {
      entry.hold?.release();
      entry.sent();
      this.#admitBlocked();
      return undefined;
    }
    this.#sending = finished.then(entry.sent, entry.failed).finally(() => {
      entry.hold?.release();
      this.#sending = undefined;
      this.#admitBlocked();
    });
    return this.#sending;
  }

  #admitBlocked(): void {
    for (let next = this.#blocked[0]; next; next = this.#blocked[0]) {
      if (this.#queue.length > 0 && this.#size + next.entry.size > this.#options.queueSize) return;
      this.#blocked.shift();
      this.#admit(next.entry);
      next.admit();
    }
  }
}
