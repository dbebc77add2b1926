import { type ClientContext, noClientContext } from '#component/consumer.ts';
import { timerDelay } from '#component/timer-delay.ts';
import type { Splitter } from '#pdata/split/splitter.ts';
import { BatchAssembler, type BatchSizes, type Unit } from './batch-assembler.ts';

/** Settings and dependencies of {@link Batches}. */
export interface BatchesOptions extends BatchSizes {
  /** Time after which an incomplete batch is complete, ms. */
  readonly flushTimeout: number;
  /** Requests are joined only if their clients sent the same values of these keys. */
  readonly metadataKeys: readonly string[];
}

/** A batch to send, with the metadata that all its clients share. */
export interface Batch<Data, Entry> extends Unit<Data, Entry> {
  readonly client: ClientContext;
}

interface Partition<Data, Part, Entry> {
  readonly assembler: BatchAssembler<Data, Part, Entry>;
  readonly client: ClientContext;
  readonly timer: NodeJS.Timeout;
}

/** Incomplete batches: one, or one for each combination of values of the `metadataKeys`. A partition without data does not exist. */
export class Batches<Data, Part, Entry> {
  readonly #splitter: Splitter<Data, Part>;
  readonly #options: BatchesOptions;
  readonly #keys: readonly string[];
  readonly #onComplete: (batch: Batch<Data, Entry>) => void;
  readonly #partitions = new Map<string, Partition<Data, Part, Entry>>();

  constructor(
    splitter: Splitter<Data, Part>,
    options: BatchesOptions,
    onComplete: (batch: Batch<Data, Entry>) => void,
  ) {
    this.#splitter = splitter;
    this.#options = options;
    this.#keys = options.metadataKeys.map((key) => key.toLowerCase());
    this.#onComplete = onComplete;
  }

  /** Adds a request. Calls `onComplete` for each batch that is now complete. */
  add(data: Data, entry: Entry, { metadata }: ClientContext): void {
    const values = this.#keys.map((key) => metadata.get(key) ?? []);
    const key = JSON.stringify(values);
    const partition = this.#partitions.get(key) ?? this.#begin(key, values);
    for (const unit of partition.assembler.add(data, entry)) this.#onComplete({ ...unit, client: partition.client });
    if (partition.assembler.isEmpty) this.#end(key);
  }

  /** Completes all batches. */
  flush(): void {
    for (const key of [...this.#partitions.keys()]) this.#flush(key);
  }

  #begin(key: string, values: readonly (readonly string[])[]): Partition<Data, Part, Entry> {
    const metadata = new Map(this.#keys.map((name, i) => [name, values[i]!]));
    const partition = {
      assembler: new BatchAssembler<Data, Part, Entry>(this.#splitter, this.#options),
      client: this.#keys.length === 0 ? noClientContext : { ...noClientContext, metadata },
      timer: setTimeout(() => this.#flush(key), timerDelay(this.#options.flushTimeout)),
    };
    this.#partitions.set(key, partition);
    return partition;
  }

  #flush(key: string): void {
    const { assembler, client } = this.#partitions.get(key)!;
    this.#end(key);
    const unit = assembler.flush();
    if (unit) this.#onComplete({ ...unit, client });
  }

  #end(key: string): void {
    clearTimeout(this.#partitions.get(key)!.timer);
    this.#partitions.delete(key);
  }
}
