import { RetryableError } from '#component/errors.ts';

/** Bytes that an item (point, span, record) is taken for when a queue is measured in bytes. */
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
  readonly done: () => void;
}

/**
 * Requests that wait to be printed, one in each turn of the event loop, in the order in which they came. Bounded by
 * `queueSize`: what does not fit is refused, or waits for room with `blockOnOverflow`.
 */
export class SendingQueue<Data> {
  readonly #options: SendingQueueOptions;
  readonly #print: (data: Data) => void;
  #queue: Waiting<Data>[] = [];
  #blocked: { readonly entry: Waiting<Data>; readonly admit: () => void }[] = [];
  #size = 0;
  #scheduled = false;

  constructor(options: SendingQueueOptions, print: (data: Data) => void) {
    this.#options = options;
    this.#print = print;
  }

  /** What waits, in the unit of the sizer. */
  get size(): number {
    return this.#size;
  }

  /**
   * Takes a request of `itemCount` items. Resolves when it is queued, or printed with `waitForResult`.
   * @throws RetryableError `sending queue is full`
   */
  offer(data: Data, itemCount: number): Promise<void> {
    const { promise: printed, resolve: done } = Promise.withResolvers<void>();
    const entry = { data, size: this.#sizeOf(itemCount), done };
    let admitted = Promise.resolve();
    if (this.#hasRoom(entry)) {
      this.#admit(entry);
    } else if (this.#options.blockOnOverflow) {
      admitted = new Promise((admit) => this.#blocked.push({ entry, admit }));
    } else {
      return Promise.reject(new RetryableError('sending queue is full'));
    }
    return this.#options.waitForResult ? printed : admitted;
  }

  /** Prints everything that waits, at once. */
  drain(): void {
    while (this.#queue.length > 0) this.#printNext();
  }

  #sizeOf(itemCount: number): number {
    if (this.#options.sizer === 'requests') return 1;
    return this.#options.sizer === 'items' ? itemCount : itemCount * bytesPerItem;
  }

  /** Who waits goes first; a request larger than the whole queue is taken when nothing else waits. */
  #hasRoom({ size }: Waiting<Data>): boolean {
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
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#queue.length > 0) this.#printNext();
      this.#schedule();
    });
  }

  #printNext(): void {
    const entry = this.#queue.shift()!;
    this.#size -= entry.size;
    this.#print(entry.data);
    entry.done();
    for (let next = this.#blocked[0]; next; next = this.#blocked[0]) {
      if (this.#queue.length > 0 && this.#size + next.entry.size > this.#options.queueSize) return;
      this.#blocked.shift();
      this.#admit(next.entry);
      next.admit();
    }
  }
}
