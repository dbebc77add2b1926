import type { StorageClient } from '#component/extension.ts';
import { eventLoop } from '#flow/event-loop.ts';
import { NotQueuedError } from './queue-errors.ts';
import type { RequestCodec } from './request-codecs.ts';

/** A request on disk. */
export interface StoredRequest {
  readonly key: string;
  readonly items: number;
}

/** Keys are `request/NUMBER/ITEMS`. Numbers have a fixed length, so that keys sort in order of arrival. */
const keyPattern = /^request\/(\d{16})\/(\d+)$/;

/** Delay after a failed deletion, ms. */
const retryMs = 1_000;

/** Settings and dependencies of {@link QueueStorage}. */
export interface QueueStorageOptions<Data> {
  readonly client: StorageClient;
  readonly codec: RequestCodec<Data>;
  /** Called for a request on disk that cannot be read. Its bytes are kept in the file for corrupted entries. */
  readonly onCorrupted: (request: StoredRequest, reason: string) => void;
}

/** The requests of a queue on disk. A request is there before its client gets a response, and until it is sent or given up. */
export class QueueStorage<Data> {
  readonly #client: StorageClient;
  readonly #codec: RequestCodec<Data>;
  readonly #onCorrupted: QueueStorageOptions<Data>['onCorrupted'];
  #next = 0;
  /** Keys of requests that are sent and still on disk. */
  #undeleted: string[] = [];
  #retry: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor({ client, codec, onCorrupted }: QueueStorageOptions<Data>) {
    this.#client = client;
    this.#codec = codec;
    this.#onCorrupted = onCorrupted;
  }

  /** Returns the requests of the previous process in order of arrival. Call before the first `put`. */
  restore(): StoredRequest[] {
    const keys = this.#client.keysOutside([]).filter((key) => keyPattern.test(key));
    const requests = keys.toSorted().map((key) => ({ key, items: Number(keyPattern.exec(key)![2]) }));
    const last = requests.at(-1);
    if (last) this.#next = Number(keyPattern.exec(last.key)![1]) + 1;
    return requests;
  }

  /** Resolves when the request is on disk. @throws NotQueuedError if it cannot be written */
  async put(data: Data, items: number): Promise<StoredRequest> {
    const key = `request/${String(this.#next++).padStart(16, '0')}/${items}`;
    const value = await eventLoop.begin(this.#codec.encode(data));
    try {
      await this.#client.write([{ put: key, value }], value.length);
    } catch (error) {
      throw new NotQueuedError(`sending queue cannot be written: ${(error as Error).message}`, { cause: error });
    }
    return { key, items };
  }

  /** Returns the data of a request; undefined if it cannot be read, which is reported. */
  load(request: StoredRequest): Data | undefined {
    const value = this.#client.read(request.key);
    if (value === undefined) {
      this.#onCorrupted(request, 'the entry is missing or corrupted');
      return undefined;
    }
    try {
      return this.#codec.decode(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
    } catch (error) {
      const reason = (error as Error).message;
      this.#client.setAside(request.key, reason);
      this.#onCorrupted(request, reason);
      return undefined;
    }
  }

  /** Deletes a request with the next transaction, or as soon as the disk can be written. Until then, the next process sends it again. */
  remove({ key }: StoredRequest): void {
    this.#undeleted.push(key);
    this.#delete();
  }

  /** Ends attempts to delete requests, after a last one. */
  close(): void {
    this.#isClosed = true;
    this.#delete();
  }

  #delete(): void {
    clearTimeout(this.#retry);
    const keys = this.#undeleted;
    this.#undeleted = [];
    if (keys.length === 0) return;
    this.#client.write(keys.map((key) => ({ delete: key }))).catch(() => {
      for (const key of keys) this.#undeleted.push(key);
      clearTimeout(this.#retry);
      if (!this.#isClosed) this.#retry = setTimeout(() => this.#delete(), retryMs).unref();
    });
  }
}
