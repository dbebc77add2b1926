import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { ComponentSettings, Host } from '#component/component.ts';
import type { StorageChanges, StorageClient, StorageExtension } from '#component/extension.ts';
import { directoryOf, type FileStorageConfig } from './config.ts';
import { CorruptedEntries, type CorruptedEntry } from './corrupted-entries.ts';
import { EntryReader } from './entry-reader.ts';
import { StorageDirectoryError, StorageUnwritableError } from './file-errors.ts';
import { FreeSpace } from './free-space.ts';
import { type CommitOutcome, GroupCommit } from './group-commit.ts';
import { permissionProblem } from './permission-problem.ts';
import { StorageFile } from './storage-file.ts';

/** Bounds in seconds. A commit on a local disk takes one to ten milliseconds. */
const commitBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

/**
 * The `file_storage` extension: a durable map of bytes per component, all in one SQLite file. With a full disk it
 * starts nonetheless: existing data can be read, and writes fail with the reason until there is space. Without
 * permission to write it does not start, because every request would fail; with an optional directory, it is
 * `unavailable` instead.
 */
export class FileStorage implements StorageExtension {
  readonly #config: FileStorageConfig;
  readonly #settings: ComponentSettings;
  readonly #path: string;
  readonly #space: FreeSpace;
  #host: Host | undefined;
  #file: StorageFile | undefined;
  #commits: GroupCommit | undefined;
  #corrupted: CorruptedEntries | undefined;
  #failure: string | undefined;
  #unavailable: string | undefined;
  /** Keys of corrupted entries that the next transaction deletes, by owner. */
  readonly #deletions = new Map<string, string[]>();
  /** Number of corrupted entries with an unknown owner. Every owner might have lost them. */
  #unattributed = 0;

  constructor(config: FileStorageConfig, settings: ComponentSettings) {
    this.#config = config;
    this.#settings = settings;
    this.#path = join(directoryOf(config), `${settings.id.replace(/[^A-Za-z0-9_-]/g, '_')}.db`);
    this.#space = new FreeSpace(this.#path);
  }

  get location(): string {
    return this.#path;
  }

  get unavailable(): string | undefined {
    return this.#unavailable;
  }

  /** Reason why the latest commit failed. Undefined while the storage works. */
  get failure(): string | undefined {
    return this.#failure;
  }

  async start(host: Host): Promise<void> {
    this.#host = host;
    const { clock, logger } = this.#settings;
    const corrupted = new CorruptedEntries(this.#path, this.#settings);
    this.#corrupted = corrupted;
    const file = new StorageFile({
      path: this.#path,
      config: this.#config,
      clock,
      logger,
      onCorrupted: (entry) => {
        this.#unattributed += 1;
        corrupted.add(entry);
      },
      onStatus: (problem) => this.#report(problem),
    });
    if (!this.#open(file)) return;
    const onCommit = this.#meter();
    this.#commits = new GroupCommit({
      busy: () => file.busy(),
      database: () => file.writable(),
      committed: () => file.committed(),
      intervalMs: this.#config.commitInterval,
      now: () => clock.monotonic(),
      onCommit,
    });
  }

  /**
   * Opens the file. Returns false if the storage is unavailable and its directory is optional.
   * @throws Error with the reason if the directory is not optional
   */
  #open(file: StorageFile): boolean {
    try {
      file.open();
    } catch (error) {
      const isUnwritable = error instanceof StorageUnwritableError;
      const problem = permissionProblem(this.#path);
      if (this.#config.directory.trim() === '' && (isUnwritable || error instanceof StorageDirectoryError)) {
        this.#unavailable = problem ?? error.message;
        return false;
      }
      if (!isUnwritable) throw error;
      if (problem !== undefined) throw new Error(problem);
      file.openForReading(error);
    }
    this.#file = file;
    return true;
  }

  client(owner: string): StorageClient {
    const commits = this.#commits;
    if (!commits) throw new Error(`${this.#settings.id} has not been started`);
    let lost = this.#unattributed;
    const setAside = (key: string, reason: string) => {
      lost += 1;
      this.#setAside({ owner, key, reason }, reader);
    };
    const reader = new EntryReader({ database: () => this.#file?.readable, owner, onCorrupted: setAside });
    return {
      read: (key) => reader.read(key),
      scan: (prefix) => reader.scan(prefix),
      keysOutside: (prefixes) => reader.keysOutside(prefixes),
      setAside,
      get lostEntries() {
        return lost;
      },
      write: (changes: StorageChanges, growthBytes = 0) => {
        const write = () => commits.add({ owner, collect: typeof changes === 'function' ? changes : () => changes });
        return growthBytes > 0 ? this.#space.claim(growthBytes, this.#file?.readable, write) : write();
      },
      hasten: () => commits.flush(),
    };
  }

  async shutdown(): Promise<void> {
    await this.#commits?.close();
    this.#commits = undefined;
    await this.#file?.close();
    this.#file = undefined;
    this.#corrupted?.close();
    this.#corrupted = undefined;
  }

  /** Deletes the entry with the next transaction, after the file that it was moved to is on disk. */
  #setAside(entry: Omit<CorruptedEntry, 'value'>, reader: EntryReader): void {
    const { owner, key } = entry;
    const corrupted = this.#corrupted;
    if (!corrupted?.add({ ...entry, value: reader.literal(key) })) return;
    const waiting = this.#deletions.get(owner);
    if (waiting) {
      waiting.push(key);
      return;
    }
    const keys = [key];
    this.#deletions.set(owner, keys);
    const collect = () => {
      corrupted.sync();
      this.#deletions.delete(owner);
      return keys.map((one) => ({ delete: one }));
    };
    // If the transaction fails, the next start finds the entries again.
    this.#commits?.add({ owner, collect }).catch(() => this.#deletions.delete(owner));
  }

  #meter(): (outcome: CommitOutcome) => void {
    const { metrics, id } = this.#settings;
    const labels = { extension: id };
    const commits = metrics.counter(
      'pitot_file_storage_commits_total',
      'Total number of transactions written to disk.',
      labels,
    );
    const failures = metrics.counter(
      'pitot_file_storage_commit_failures_total',
      'Total number of failed transactions.',
      labels,
    );
    const duration = metrics.histogram(
      'pitot_file_storage_commit_duration_seconds',
      'Duration of storage transactions in seconds.',
      commitBounds,
      labels,
    );
    metrics.gauge('pitot_file_storage_size_bytes', 'Size of the files on disk in bytes.', labels, () => this.#size());
    metrics.gauge('pitot_file_storage_failing', '1 while the latest commit failed.', labels, () =>
      this.#failure === undefined ? 0 : 1,
    );
    return ({ durationMs, error }) => {
      (error ? failures : commits).add(1);
      duration.record(durationMs / 1000);
      this.#report(error);
    };
  }

  /** Logs and reports the write status when it changes, not on every commit. */
  #report(error: Error | undefined): void {
    if (error?.message === this.#failure) return;
    this.#failure = error?.message;
    const fields = { file: this.#path };
    if (error)
      this.#settings.logger.error('Storage write failed; changes stay in memory until a write succeeds', {
        ...fields,
        error: error.message,
      });
    else this.#settings.logger.info('Storage writes succeed again', fields);
    this.#host?.reportStatus?.(this.#settings.id, error);
  }

  #size(): number {
    return ['', '-wal'].reduce((sum, suffix) => {
      try {
        return sum + (statSync(this.#path + suffix, { throwIfNoEntry: false })?.size ?? 0);
      } catch {
        return sum;
      }
    }, 0);
  }
}
