import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StorageChange } from '#component/extension.ts';
import { checksumOf } from './layout.ts';

/** One owner's part of a transaction. `collect` is called when the transaction begins. */
export interface PendingWrite {
  readonly owner: string;
  readonly collect: () => Iterable<StorageChange>;
}

/** Result of a transaction. `error` is undefined if everything is on disk. */
export interface CommitOutcome {
  readonly durationMs: number;
  readonly error: Error | undefined;
}

interface GroupCommitOptions {
  /** Settles when writing is possible or fails again. Undefined if it is possible now. */
  readonly busy: () => Promise<void> | undefined;
  /**
   * Returns the database.
   * @throws Error with the reason if it cannot be written
   */
  readonly database: () => DatabaseSync;
  /**
   * Called after a commit.
   * @throws Error if the transaction is not on disk after all
   */
  readonly committed: () => void;
  readonly intervalMs: number;
  /** Monotonic clock, ms. */
  readonly now: () => number;
  readonly onCommit: (outcome: CommitOutcome) => void;
}

/**
 * Minimum pause between two commits, as a share of the previous commit's duration. A slow disk must leave time for
 * other work.
 */
const restShare = 1;
const maxRestMs = 1_000;

/**
 * Collects writes and commits them in one transaction: all of them or none. A write waits for at most one interval (or,
 * on a slow disk, the duration of the last commit) and one commit.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  #pending: (PendingWrite & { resolve: () => void; reject: (error: Error) => void })[] = [];
  #timer: NodeJS.Timeout | undefined;
  #lastMs = 0;
  #session: Session | undefined;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
  }

  /** Resolves when the changes are on disk. Rejects if the transaction fails; then none of its changes are on disk. */
  add(write: PendingWrite): Promise<void> {
    const restMs = Math.min(this.#lastMs * restShare, maxRestMs);
    this.#timer ??= setTimeout(() => this.flush(), Math.max(this.#options.intervalMs, restMs));
    return new Promise((resolve, reject) => this.#pending.push({ ...write, resolve, reject }));
  }

  /** Commits waiting writes. */
  async close(): Promise<void> {
    this.flush();
    await this.#options.busy();
  }

  /** Commits waiting writes, immediately or as soon as the database is no longer busy. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending.length === 0) return;
    const busy = this.#options.busy();
    if (busy) {
      void busy.then(() => this.flush());
      return;
    }
    const writes = this.#pending;
    this.#pending = [];
    const began = this.#options.now();
    const error = this.#commit(writes);
    this.#lastMs = this.#options.now() - began;
    this.#options.onCommit({ durationMs: this.#lastMs, error });
    for (const write of writes) error ? write.reject(error) : write.resolve();
  }

  #commit(writes: readonly PendingWrite[]): Error | undefined {
    let session: Session | undefined;
    try {
      const database = this.#options.database();
      if (this.#session?.database !== database) this.#session = new Session(database);
      session = this.#session;
      database.exec('BEGIN IMMEDIATE');
      for (const { owner, collect } of writes) session.apply(owner, collect());
      database.exec('COMMIT');
      this.#options.committed();
      return undefined;
    } catch (error) {
      session?.rollBack();
      return error as Error;
    }
  }
}

/** An open database with its statements and the IDs of the owners. */
class Session {
  readonly database: DatabaseSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  readonly #owners = new Map<string, number>();

  constructor(database: DatabaseSync) {
    this.database = database;
    this.#put = database.prepare(
      'INSERT INTO entries VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value, checksum = excluded.checksum',
    );
    this.#delete = database.prepare('DELETE FROM entries WHERE owner = ? AND key = ?');
  }

  apply(owner: string, changes: Iterable<StorageChange>): void {
    const id = this.#idOf(owner);
    for (const change of changes) {
      if ('put' in change) this.#put.run(id, change.put, change.value, checksumOf(owner, change.put, change.value));
      else this.#delete.run(id, change.delete);
    }
  }

  rollBack(): void {
    // SQLite can already have rolled the transaction back, for example because the disk is full.
    if (this.database.isTransaction) this.database.exec('ROLLBACK');
    // Owners that the transaction inserted do not exist.
    this.#owners.clear();
  }

  #idOf(owner: string): number {
    let id = this.#owners.get(owner);
    if (id === undefined) {
      const checksum = checksumOf(owner, '', new Uint8Array());
      this.database
        .prepare('INSERT INTO owners (name, checksum) VALUES (?, ?) ON CONFLICT DO NOTHING')
        .run(owner, checksum);
      id = (this.database.prepare('SELECT id FROM owners WHERE name = ?').get(owner) as { id: number }).id;
      this.#owners.set(owner, id);
    }
    return id;
  }
}
