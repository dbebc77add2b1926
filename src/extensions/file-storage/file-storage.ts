import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { ComponentSettings, Host } from '#component/component.ts';
import type { StorageChanges, StorageClient, StorageExtension } from '#component/extension.ts';
import { directoryOf, type FileStorageConfig } from './config.ts';
import {
  fingerprintOf,
  openCopyForReading,
  openDatabaseFile,
  StorageDirectoryError,
  StorageUnwritableError,
} from './database-file.ts';
import { type CommitOutcome, GroupCommit } from './group-commit.ts';
import { permissionProblem } from './permission-problem.ts';

/** Seconds; a commit on a local disk takes one to ten milliseconds. */
const commitBounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];
/** While the file cannot be opened for writing, that is tried again after so long. */
const reopenMs = 1_000;

/**
 * The `file_storage` extension: a durable map of bytes for each component, all in one SQLite file. On a full disk it starts
 * nevertheless: what is there is read, writes fail and say why, and work as soon as there is space. Without permission to write
 * it does not start, since every request would fail; if the directory is optional, it is `unavailable` instead.
 */
export class FileStorage implements StorageExtension {
  readonly #config: FileStorageConfig;
  readonly #settings: ComponentSettings;
  readonly #path: string;
  #host: Host | undefined;
  #database: DatabaseSync | undefined;
  /** What is read while the file can't be opened for writing; undefined: there is no file. */
  #copy: ReturnType<typeof openCopyForReading>;
  /** What the files looked like then. */
  #fingerprint = '';
  #reopenAtMs = 0;
  #commits: GroupCommit | undefined;
  #failure: string | undefined;
  #unavailable: string | undefined;

  constructor(config: FileStorageConfig, settings: ComponentSettings) {
    this.#config = config;
    this.#settings = settings;
    this.#path = join(directoryOf(config), `${settings.id.replace(/[^A-Za-z0-9_-]/g, '_')}.db`);
  }

  get location(): string {
    return this.#path;
  }

  get unavailable(): string | undefined {
    return this.#unavailable;
  }

  /** Why the latest commit failed; undefined while the storage works. */
  get failure(): string | undefined {
    return this.#failure;
  }

  async start(host: Host): Promise<void> {
    this.#host = host;
    try {
      this.#database = openDatabaseFile(this.#path, this.#config);
    } catch (error) {
      const isUnwritable = error instanceof StorageUnwritableError;
      const problem = permissionProblem(this.#path);
      if (this.#config.directory.trim() === '' && (isUnwritable || error instanceof StorageDirectoryError)) {
        this.#unavailable = problem ?? error.message;
        return;
      }
      if (!isUnwritable) throw error;
      if (problem !== undefined) throw new Error(problem);
      this.#copy = openCopyForReading(this.#path);
      this.#fingerprint = fingerprintOf(this.#path);
      this.#reopenAtMs = this.#settings.clock.monotonic() + reopenMs;
      this.#report(error);
    }
    const onCommit = this.#meter();
    this.#commits = new GroupCommit({
      database: () => this.#writable(),
      intervalMs: this.#config.commitInterval,
      now: () => this.#settings.clock.monotonic(),
      onCommit,
    });
  }

  client(owner: string): StorageClient {
    const commits = this.#commits;
    if (!commits) throw new Error(`${this.#settings.id} has not been started`);
    return {
      read: (key) => {
        const row = this.#readable()?.prepare(`SELECT value ${ofOwner} AND key = ?`).get(owner, key);
        return row?.value as Uint8Array | undefined;
      },
      scan: (prefix) => scan(this.#readable(), owner, prefix),
      write: (changes: StorageChanges) =>
        commits.add({ owner, collect: typeof changes === 'function' ? changes : () => changes }),
    };
  }

  async shutdown(): Promise<void> {
    this.#commits?.flush();
    this.#commits = undefined;
    this.#copy?.close();
    this.#copy = undefined;
    this.#database?.close();
    this.#database = undefined;
  }

  #readable(): DatabaseSync | undefined {
    return this.#database ?? this.#copy?.database;
  }

  /** The database; opened now if the disk did not let us before. Throws why it can't be written. */
  #writable(): DatabaseSync {
    if (this.#database) return this.#database;
    const nowMs = this.#settings.clock.monotonic();
    if (nowMs < this.#reopenAtMs) throw new StorageUnwritableError(this.#failure ?? `cannot open ${this.#path}`);
    this.#reopenAtMs = nowMs + reopenMs;
    if (fingerprintOf(this.#path) !== this.#fingerprint) {
      throw new StorageUnwritableError(`${this.#path} was changed by someone else since the start; restart to read it`);
    }
    this.#database = openDatabaseFile(this.#path, this.#config);
    this.#copy?.close();
    this.#copy = undefined;
    return this.#database;
  }

  #meter(): (outcome: CommitOutcome) => void {
    const { metrics, id } = this.#settings;
    const labels = { extension: id };
    const commits = metrics.counter('pitot_file_storage_commits_total', 'Transactions written to disk.', labels);
    const failures = metrics.counter('pitot_file_storage_commit_failures_total', 'Transactions that failed.', labels);
    const duration = metrics.histogram(
      'pitot_file_storage_commit_duration_seconds',
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

  /** Tells when trouble begins, changes and ends, not at each commit. */
  #report(error: Error | undefined): void {
    if (error?.message === this.#failure) return;
    this.#failure = error?.message;
    const fields = { file: this.#path };
    if (error) this.#settings.logger.error('cannot write to storage', { ...fields, error: error.message });
    else this.#settings.logger.info('storage can be written again', fields);
    this.#host?.reportStatus?.(this.#settings.id, error);
  }

  #size(): number {
    return ['', '-wal'].reduce((sum, suffix) => {
      return sum + (statSync(this.#path + suffix, { throwIfNoEntry: false })?.size ?? 0);
    }, 0);
  }
}

const ofOwner = 'FROM entries WHERE owner = (SELECT id FROM owners WHERE name = ?)';

/** Rows that are read at once: reading one by one costs half as much again. */
const scanRows = 1_000;

function* scan(database: DatabaseSync | undefined, owner: string, prefix: string) {
  if (!database) return;
  const range = database.prepare(
    `SELECT key, value ${ofOwner} AND key >= ? AND key < ? ORDER BY key LIMIT ${scanRows}`,
  );
  range.setReturnArrays(true);
  // U+10FFFF is behind everything that a key may go on with.
  const end = `${prefix}\u{10ffff}`;
  for (let start = prefix; ; ) {
    const rows = range.all(owner, start, end) as unknown as [key: string, value: Uint8Array][];
    yield* rows;
    if (rows.length < scanRows) return;
    start = `${rows.at(-1)?.[0]}\0`;
  }
}
