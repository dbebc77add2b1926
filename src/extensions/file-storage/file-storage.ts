import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { ComponentSettings } from '../../component/component.ts';
import type { StorageChanges, StorageClient, StorageExtension } from '../../component/extension.ts';
import type { FileStorageConfig } from './config.ts';
import { openDatabaseFile } from './database-file.ts';
import { type CommitOutcome, GroupCommit } from './group-commit.ts';

/** Seconds; a commit on a local disk takes one to ten milliseconds. */
const commitBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

/** The `file_storage` extension: a durable map of bytes for each component, all in one SQLite file. */
export class FileStorage implements StorageExtension {
  readonly #config: FileStorageConfig;
  readonly #settings: ComponentSettings;
  readonly #path: string;
  #database: DatabaseSync | undefined;
  #commits: GroupCommit | undefined;
  #failure: string | undefined;

  constructor(config: FileStorageConfig, settings: ComponentSettings) {
    this.#config = config;
    this.#settings = settings;
    this.#path = join(config.directory, `${settings.id.replace(/[^A-Za-z0-9_-]/g, '_')}.db`);
  }

  /** Why the latest commit failed; undefined while the storage works. */
  get failure(): string | undefined {
    return this.#failure;
  }

  async start(): Promise<void> {
    const database = openDatabaseFile(this.#path, this.#config);
    this.#database = database;
    this.#commits = new GroupCommit({
      database,
      intervalMs: this.#config.commitInterval,
      now: () => this.#settings.clock.monotonic(),
      onCommit: this.#meter(),
    });
  }

  client(owner: string): StorageClient {
    const database = this.#database;
    const commits = this.#commits;
    if (!database || !commits) throw new Error(`${this.#settings.id} has not been started`);
    database.prepare('INSERT INTO owners (name) VALUES (?) ON CONFLICT DO NOTHING').run(owner);
    const { id } = database.prepare('SELECT id FROM owners WHERE name = ?').get(owner) as { id: number };
    const one = database.prepare('SELECT value FROM entries WHERE owner = ? AND key = ?');
    const range = 'SELECT key, value FROM entries WHERE owner = ? AND key >= ? AND key < ? ORDER BY key';
    return {
      read: (key) => (one.get(id, key) as { value: Uint8Array } | undefined)?.value,
      *scan(prefix) {
        // U+10FFFF is behind everything that a key may go on with.
        for (const row of database.prepare(range).iterate(id, prefix, `${prefix}\u{10ffff}`)) {
          yield [row.key as string, row.value as Uint8Array];
        }
      },
      write: (changes: StorageChanges) =>
        commits.add({ owner: id, collect: typeof changes === 'function' ? changes : () => changes }),
    };
  }

  async shutdown(): Promise<void> {
    this.#commits?.flush();
    this.#commits = undefined;
    this.#database?.close();
    this.#database = undefined;
  }

  #meter(): (outcome: CommitOutcome) => void {
    const { metrics, id } = this.#settings;
    const labels = { extension: id };
    const commits = metrics.counter('pitot_file_storage_commits', 'Transactions written to disk.', labels);
    const failures = metrics.counter('pitot_file_storage_commit_failures', 'Transactions that failed.', labels);
    const duration = metrics.histogram(
      'pitot_file_storage_commit_duration',
      'Seconds that a transaction took.',
      commitBounds,
      labels,
    );
    metrics.gauge('pitot_file_storage_size_bytes', 'Size of the files on disk.', labels, () => this.#size());
    metrics.gauge('pitot_file_storage_failing', '1 while the latest commit failed.', labels, () =>
      this.#failure === undefined ? 0 : 1,
    );
    return ({ durationMs, error }) => {
      (error ? failures : commits).add(1);
      duration.record(durationMs / 1000);
      this.#report(error);
    };
  }

  /** Logs when trouble begins, changes and ends, not at each commit. */
  #report(error: Error | undefined): void {
    if (error?.message === this.#failure) return;
    this.#failure = error?.message;
    const fields = { file: this.#path };
    if (error) this.#settings.logger.error('cannot write to storage', { ...fields, error: error.message });
    else this.#settings.logger.info('storage can be written again', fields);
  }

  #size(): number {
    return ['', '-wal'].reduce((sum, suffix) => {
      return sum + (statSync(this.#path + suffix, { throwIfNoEntry: false })?.size ?? 0);
    }, 0);
  }
}
