import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StorageChange } from '#component/extension.ts';
import { checksumOf } from './layout.ts';

/** One owner's part of a transaction. `collect` is asked when the transaction begins. */
export interface PendingWrite {
  readonly owner: string;
  readonly collect: () => Iterable<StorageChange>;
}

/** What came of a transaction; `error` undefined: everything is on disk. */
export interface CommitOutcome {
  readonly durationMs: number;
  readonly error: Error | undefined;
}

interface GroupCommitOptions {
  /** Settles when writing is possible or fails again; undefined: now. */
  readonly busy: () => Promise<void> | undefined;
  /** Throws why nothing can be written now. */
  readonly database: () => DatabaseSync;
  /** Throws if what was committed is not on disk after all. */
  readonly committed: () => void;
  readonly intervalMs: number;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  readonly onCommit: (outcome: CommitOutcome) => void;
}

/** A slow disk must leave time for everything else: a commit is not begun before so much time of the last one has passed again. */
const restShare = 1;
const maxRestMs = 1_000;

/**
 * Gathers writes for a while and puts them on disk in one transaction: all of them or none.
 * A write waits at most for one interval (or, on a slow disk, as long as the last commit took) and one commit.
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

  /** Resolves when the changes are on disk; rejects when none of the transaction is. */
  add(write: PendingWrite): Promise<void> {
    const restMs = Math.min(this.#lastMs * restShare, maxRestMs);
    this.#timer ??= setTimeout(() => this.flush(), Math.max(this.#options.intervalMs, restMs));
    return new Promise((resolve, reject) => this.#pending.push({ ...write, resolve, reject }));
  }

  /** Commits what waits. */
  async close(): Promise<void> {
    this.flush();
    await this.#options.busy();
  }

  /** Commits what waits, now or as soon as the database is no longer busy. */
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

/** An open database with its statements and the numbers of the owners. */
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
    // A full disk may have rolled back by itself.
    if (this.database.isTransaction) this.database.exec('ROLLBACK');
    // Numbers that were given in it do not exist.
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
