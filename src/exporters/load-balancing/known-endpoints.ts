import type { ComponentSettings, Host } from '#component/component.ts';
import type { StorageClient } from '#component/extension.ts';
import type { Signal } from '#component/signals.ts';
import { openStorage } from '#exporterhelper/open-storage.ts';

const row = 'endpoints';

/** The endpoints whose queues can contain data on disk, so that a process finds the queue of an endpoint that no longer exists. */
export class KnownEndpoints {
  readonly #client: StorageClient | undefined;

  /** `storage`: ID of the storage extension; `''` for queues in memory. @throws Error that the user sees */
  constructor(storage: string, host: Host, { settings, signal }: { settings: ComponentSettings; signal: Signal }) {
    if (storage === '') return;
    const id = `${settings.id}/endpoints`;
    this.#client = openStorage(storage, { settings: { ...settings, id }, signal, host });
  }

  /** Whether queues are on disk. */
  get isPersisted(): boolean {
    return this.#client !== undefined;
  }

  read(): string[] {
    const bytes = this.#client?.read(row);
    return bytes === undefined ? [] : Buffer.from(bytes).toString().split('\n');
  }

  async write(endpoints: Iterable<string>): Promise<void> {
    await this.#client?.write([{ put: row, value: Buffer.from([...endpoints].join('\n')) }]);
  }
}
