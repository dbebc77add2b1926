import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { FileStorageConfig } from './config.ts';

/** `PRAGMA application_id` of our files: `ptot`. */
const applicationId = 0x70746f74;
/** `PRAGMA user_version`: grows when the tables change. */
const layoutVersion = 1;
const pageSize = 4096;

/**
 * Opens the file, or creates it whole: it is made under another name first, so a crash never leaves half a file.
 * A file that is not ours, is damaged, or is used by another process is refused with an Error that names it; nothing
 * of it is changed then.
 */
export function openDatabaseFile(path: string, config: FileStorageConfig): DatabaseSync {
  prepareDirectory(dirname(path), config);
  if (!existsSync(path)) createFile(path);
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: config.timeout });
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    checkOwner(database, path);
    database.exec('PRAGMA journal_mode = WAL');
    database.exec(`PRAGMA synchronous = ${config.fsync ? 'FULL' : 'NORMAL'}`);
    checkContent(database, path);
    if (config.compaction.onStart) database.exec('VACUUM');
    const maxPages = config.maxSizeMib === 0 ? 0xfffffffe : Math.ceil((config.maxSizeMib * 2 ** 20) / pageSize);
    database.exec(`PRAGMA max_page_count = ${maxPages}`);
    // Takes the exclusive lock now: a second process must not find out at its first write.
    database.exec('BEGIN IMMEDIATE; COMMIT');
    return database;
  } catch (error) {
    database?.close();
    throw error instanceof StorageFileError ? error : explained(error as Error, path);
  }
}

/** The file can't be used; the message names it. */
export class StorageFileError extends Error {
  override readonly name = 'StorageFileError';
}

function prepareDirectory(directory: string, config: FileStorageConfig): void {
  if (existsSync(directory)) return;
  if (!config.createDirectory) throw new StorageFileError(`directory must exist: ${directory}`);
  try {
    mkdirSync(directory, { recursive: true, mode: Number.parseInt(config.directoryPermissions, 8) });
  } catch (error) {
    throw new StorageFileError(`cannot create directory ${directory}: ${(error as Error).message}`);
  }
}

function createFile(path: string): void {
  const draft = `${path}.new`;
  try {
    rmSync(draft, { force: true });
    const database = new DatabaseSync(draft);
    database.exec(`
      PRAGMA page_size = ${pageSize};
      PRAGMA application_id = ${applicationId};
      PRAGMA user_version = ${layoutVersion};
      BEGIN;
      CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
      CREATE TABLE entries (owner INTEGER NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (owner, key));
      COMMIT`);
    database.close();
    renameSync(draft, path);
  } catch (error) {
    throw new StorageFileError(`cannot create ${path}: ${(error as Error).message}`);
  }
}

function checkOwner(database: DatabaseSync, path: string): void {
  const { application_id: owner } = database.prepare('PRAGMA application_id').get() as { application_id: number };
  if (owner !== applicationId) {
    throw new StorageFileError(`${path} was not written by pitot; move it away or choose another directory`);
  }
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version !== layoutVersion) {
    throw new StorageFileError(`${path} has layout ${version}, and this version of pitot knows ${layoutVersion} only`);
  }
}

function checkContent(database: DatabaseSync, path: string): void {
  const { quick_check: found } = database.prepare('PRAGMA quick_check(1)').get() as { quick_check: string };
  if (found !== 'ok') throw damaged(path, found);
}

function explained(error: Error & { errcode?: number }, path: string): StorageFileError {
  // The low byte is SQLite's primary result code.
  const code = (error.errcode ?? 0) & 0xff;
  if (code === 5 || code === 6) return new StorageFileError(`${path} is in use by another process`);
  if (code === 11 || code === 26) return damaged(path, error.message);
  return new StorageFileError(`cannot open ${path}: ${error.message}`);
}

function damaged(path: string, detail: string): StorageFileError {
  const advice = 'restore it from a backup, or move it away to begin with empty totals';
  return new StorageFileError(`${path} is damaged or not a storage file (${detail}); ${advice}`);
}
