import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StorageChange } from '../../component/extension.ts';

/** One owner's part of a transaction. `collect` is asked when the transaction begins. */
export interface PendingWrite {
  readonly owner: number;
  readonly collect: () => readonly StorageChange[];
}

/** What came of a transaction; `error` undefined: everything is on disk. */
export interface CommitOutcome {
  readonly durationMs: number;
  readonly error: Error | undefined;
}

interface GroupCommitOptions {
  readonly database: DatabaseSync;
  readonly intervalMs: number;
  /** Milliseconds, monotonic. */
  readonly now: () => number;
  readonly onCommit: (outcome: CommitOutcome) => void;
}

/**
 * Gathers writes for a while and puts them on disk in one transaction: all of them or none.
 * A write waits at most for one interval and one commit.
 */
export class GroupCommit {
  readonly #options: GroupCommitOptions;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  #pending: (PendingWrite & { resolve: () => void; reject: (error: Error) => void })[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(options: GroupCommitOptions) {
    this.#options = options;
    this.#put = options.database.prepare(
      'INSERT INTO entries VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value',
    );
    this.#delete = options.database.prepare('DELETE FROM entries WHERE owner = ? AND key = ?');
  }

  /** Resolves when the changes are on disk; rejects when none of the transaction is. */
  add(write: PendingWrite): Promise<void> {
    this.#timer ??= setTimeout(() => this.flush(), this.#options.intervalMs);
    return new Promise((resolve, reject) => this.#pending.push({ ...write, resolve, reject }));
  }

  /** Commits what waits, now. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pending.length === 0) return;
    const writes = this.#pending;
    this.#pending = [];
    const began = this.#options.now();
    const error = this.#commit(writes);
    this.#options.onCommit({ durationMs: this.#options.now() - began, error });
    for (const write of writes) error ? write.reject(error) : write.resolve();
  }

  #commit(writes: readonly PendingWrite[]): Error | undefined {
    const { database } = this.#options;
    try {
      database.exec('BEGIN IMMEDIATE');
      for (const { owner, collect } of writes) {
        for (const change of collect()) {
          if ('put' in change) this.#put.run(owner, change.put, change.value);
          else this.#delete.run(owner, change.delete);
        }
      }
      database.exec('COMMIT');
      return undefined;
    } catch (error) {
      // A full disk may have rolled back by itself.
      if (database.isTransaction) database.exec('ROLLBACK');
      return error as Error;
    }
  }
}
