import type { StorageChange, StorageChanges, StorageClient, StorageExtension } from '#component/extension.ts';

/** Storage that survives the components of a test but not the test. Rows are in key order, like on disk. */
export class MemoryStorage implements StorageExtension {
  readonly unavailable = undefined;
  readonly failure = undefined;
  readonly location = 'memory';
  readonly rows = new Map<string, Uint8Array>();
  /** Number of times that a transaction was requested immediately. */
  hastened = 0;

  async start(): Promise<void> {}

  async shutdown(): Promise<void> {}

  client(): StorageClient {
    const { rows } = this;
    let lost = 0;
    return {
      read: (key) => rows.get(key),
      *scan(prefix) {
        for (const key of [...rows.keys()].filter((one) => one.startsWith(prefix)).sort()) {
          yield [key, rows.get(key) as Uint8Array] as const;
        }
      },
      keysOutside: (prefixes) => [...rows.keys()].filter((key) => !prefixes.some((prefix) => key.startsWith(prefix))),
      setAside: (key) => {
        lost += 1;
        rows.delete(key);
      },
      get lostEntries() {
        return lost;
      },
      hasten: () => void this.hastened++,
      async write(changes: StorageChanges) {
        // A transaction never begins during the call.
        await undefined;
        const list: Iterable<StorageChange> = typeof changes === 'function' ? changes() : changes;
        for (const change of list) {
          if ('put' in change) rows.set(change.put, change.value);
          else rows.delete(change.delete);
        }
      },
    };
  }
}
