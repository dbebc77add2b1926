import { existsSync, renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkOwner } from './check-content.ts';
import { createFile, draftOf, openCopyForReading, removeDraft } from './database-file.ts';
import { EntryReader } from './entry-reader.ts';
import { explained, FileChangedError, StorageFileError } from './file-errors.ts';
import { checksumOf } from './layout.ts';

/** An entry of a storage file. */
export interface SnapshotEntry {
  /** Component that owns it, such as `exporter/prometheus`. */
  readonly owner: string;
  readonly key: string;
  readonly value: Uint8Array;
}

/** A record that was set aside because it is invalid. */
export interface CorruptedRecord {
  /** Empty if it is unknown. */
  readonly owner: string;
  readonly key: string;
  readonly reason: string;
}

/** The entries of a storage file at one time. */
export interface Snapshot {
  readonly owners: readonly string[];
  /** Records that differ from what pitot wrote. Complete after the entries of all owners have been read. */
  readonly corrupted: readonly CorruptedRecord[];
  /** Intact entries of an owner whose keys begin with a prefix, in the order of the keys. */
  entries(owner: string, prefix?: string): Iterable<SnapshotEntry>;
  close(): void;
}

/** Attempts to copy a file while pitot writes to it, and the time between them, ms. */
const retry = { attempts: 20, ms: 50 } as const;

/**
 * Reads a copy of a file, which can be that of a running pitot, and does not change it.
 * @throws StorageFileError if there is no such file, it is damaged, or it changes all the time
 */
export async function openSnapshot(path: string): Promise<Snapshot> {
  const copy = await copyOf(path);
  const corrupted: CorruptedRecord[] = copy.corrupted.map(({ owner, key, reason }) => ({ owner, key, reason }));
  const seen = new Set<string>();
  const owners = copy.database.prepare('SELECT name FROM owners ORDER BY name').all();
  return {
    owners: owners.map(({ name }) => String(name)),
    corrupted,
    *entries(owner, prefix = '') {
      const onCorrupted = (key: string, reason: string) => {
        if (!seen.has(`${owner}\0${key}`)) corrupted.push({ owner, key, reason });
        seen.add(`${owner}\0${key}`);
      };
      const reader = new EntryReader({ database: () => copy.database, owner, onCorrupted });
      for (const [key, value] of reader.scan(prefix)) yield { owner, key, value };
    },
    close: copy.close,
  };
}

async function copyOf(path: string) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const copy = openCopyForReading(path, { mayChange: true });
      if (!copy) throw new StorageFileError(`${path} does not exist`);
      return copy;
    } catch (error) {
      if (!(error instanceof FileChangedError) || attempt === retry.attempts) throw error;
      await sleep(retry.ms);
    }
  }
}

/**
 * Writes entries to a new storage file. An existing one keeps another name, which is returned; undefined if there was none.
 * @throws StorageFileError if the file exists and `replaces` is false, or if a running pitot uses it; it is then unchanged
 */
export function writeSnapshot(
  path: string,
  entries: Iterable<SnapshotEntry>,
  { replaces, nowUnixMs }: { readonly replaces: boolean; readonly nowUnixMs: number },
): string | undefined {
  const isReplaced = existsSync(path);
  if (isReplaced) requireUnused(path);
  if (isReplaced && !replaces)
    throw new StorageFileError(`${path} already exists; --replace keeps it under another name`);
  const aside = isReplaced ? `${path}.replaced-${new Date(nowUnixMs).toISOString().replace(/[:.]/g, '-')}` : undefined;
  try {
    createFile(path, (database) => {
      insert(database, entries);
      // Nothing is lost if the new file cannot be written.
      if (aside !== undefined) renameSync(path, aside);
    });
  } catch (error) {
    removeDraft(path);
    throw explained(error as Error, draftOf(path), 'write');
  }
  return aside;
}

function insert(database: DatabaseSync, entries: Iterable<SnapshotEntry>): void {
  const addOwner = database.prepare('INSERT INTO owners (name, checksum) VALUES (?, ?)');
  const add = database.prepare('INSERT INTO entries (owner, key, value, checksum) VALUES (?, ?, ?, ?)');
  const ids = new Map<string, number | bigint>();
  database.exec('BEGIN');
  for (const { owner, key, value } of entries) {
    let id = ids.get(owner);
    if (id === undefined) {
      id = addOwner.run(owner, checksumOf(owner, '', new Uint8Array())).lastInsertRowid;
      ids.set(owner, id);
    }
    add.run(id, key, value, checksumOf(owner, key, value));
  }
  database.exec('COMMIT');
}

/** @throws StorageFileError if another process uses the file, or another program wrote it */
function requireUnused(path: string): void {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 0 });
    checkOwner(database, path);
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT');
  } catch (error) {
    const cause = explained(error as Error, path);
    const isUsed = cause.message.endsWith('is in use by another process');
    throw isUsed ? new StorageFileError(`${cause.message}; stop pitot first`) : cause;
  } finally {
    database?.close();
  }
}
