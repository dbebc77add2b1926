import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { FileStorageConfig } from './config.ts';

/** `PRAGMA application_id` of our files: `ptot`. */
const applicationId = 0x70746f74;
/** `PRAGMA user_version`: grows when the tables change. */
const layoutVersion = 1;
const pageSize = 4096;

/**
 * Opens the file, or creates it whole: it is made under another name first, so a crash never leaves half a file.
 * A file that is not ours, is damaged, or is used by another process is refused with a StorageFileError that names it; nothing
 * of it is changed then. Where the disk takes no writes now (full, read-only) it is a StorageUnwritableError.
 */
export function openDatabaseFile(path: string, config: FileStorageConfig): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    prepareDirectory(dirname(path), config);
    if (!exists(path)) createFile(path);
    database = new DatabaseSync(path, { timeout: config.timeout });
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    checkOwner(database, path);
    database.exec('PRAGMA journal_mode = WAL');
    database.exec(`PRAGMA synchronous = ${config.fsync ? 'FULL' : 'NORMAL'}`);
    checkContent(database, path);
    if (config.compaction.onStart) database.exec('VACUUM');
    const maxBytes = config.maxSize || config.maxSizeMib * 2 ** 20;
    const maxPages = maxBytes === 0 ? 0xfffffffe : Math.ceil(maxBytes / pageSize);
    database.exec(`PRAGMA max_page_count = ${maxPages}`);
    // Takes the exclusive lock now: a second process must not find out at its first write.
    database.exec('BEGIN IMMEDIATE; COMMIT');
    return database;
  } catch (error) {
    database?.close();
    throw explained(error as Error, path);
  }
}

/**
 * Reads a file whose disk takes no writes: SQLite can't, since it would have to write beside it, so a copy is read.
 * Undefined when there is no file. Throws as {@link openDatabaseFile}.
 */
export function openCopyForReading(path: string): { database: DatabaseSync; close(): void } | undefined {
  try {
    if (!exists(path)) return undefined;
    const directory = mkdtempSync(join(tmpdir(), 'pitot-storage-'));
    let database: DatabaseSync | undefined;
    const close = () => {
      database?.close();
      rmSync(directory, { recursive: true, force: true });
    };
    try {
      const copy = join(directory, basename(path));
      for (const suffix of ['', '-wal']) if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix);
      database = new DatabaseSync(copy);
      checkOwner(database, path);
      checkContent(database, path);
      return { database, close };
    } catch (error) {
      close();
      throw error;
    }
  } catch (error) {
    const cause = explained(error as Error, path);
    throw cause instanceof StorageFileError ? cause : new StorageFileError(cause.message);
  }
}

/** Tells whether the files have changed: their sizes and times. */
export function fingerprintOf(path: string): string {
  return ['', '-wal']
    .map((suffix) => statSync(path + suffix, { throwIfNoEntry: false }))
    .map((stats) => (stats ? `${stats.size} ${stats.mtimeMs}` : ''))
    .join(' ');
}

/** The file can't be used; the message names it. */
class StorageFileError extends Error {
  override readonly name = 'StorageFileError';
}

/** The directory is missing and cannot be created. */
export class StorageDirectoryError extends StorageFileError {}

/** The disk takes no writes now; that may pass. The message names the file. */
export class StorageUnwritableError extends Error {
  override readonly name = 'StorageUnwritableError';
}

/** SQLite's primary result codes for a disk that is full, read-only or failing, and the system's. */
const unwritableResults = new Set([8, 10, 13, 14]);
const unwritableErrors = new Set(['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM', 'EIO']);

function prepareDirectory(directory: string, config: FileStorageConfig): void {
  if (existsSync(directory)) return;
  if (!config.createDirectory) throw new StorageDirectoryError(`directory must exist: ${directory}`);
  try {
    mkdirSync(directory, { recursive: true, mode: Number.parseInt(config.directoryPermissions, 8) });
  } catch (error) {
    const cause = explained(error as Error, directory, 'create directory');
    throw cause instanceof StorageUnwritableError ? cause : new StorageDirectoryError(cause.message);
  }
}

function createFile(path: string): void {
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  const database = new DatabaseSync(draft);
  try {
    database.exec(`
      PRAGMA page_size = ${pageSize};
      PRAGMA application_id = ${applicationId};
      PRAGMA user_version = ${layoutVersion};
      BEGIN;
      CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
      CREATE TABLE entries (owner INTEGER NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (owner, key));
      COMMIT`);
  } finally {
    database.close();
  }
  renameSync(draft, path);
}

/** Unlike `existsSync`, throws where that can't be known. */
function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
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

function explained(error: Error & { errcode?: number; code?: string }, path: string, deed = 'open'): Error {
  if (error instanceof StorageFileError || error instanceof StorageUnwritableError) return error;
  // The low byte is SQLite's primary result code.
  const code = (error.errcode ?? 0) & 0xff;
  if (code === 5 || code === 6) return new StorageFileError(`${path} is in use by another process`);
  if (code === 11 || code === 26) return damaged(path, error.message);
  const message = `cannot ${deed} ${path}: ${error.message}`;
  const isUnwritable = unwritableResults.has(code) || unwritableErrors.has(error.code ?? '');
  return isUnwritable ? new StorageUnwritableError(message) : new StorageFileError(message);
}

function damaged(path: string, detail: string): StorageFileError {
  const advice = 'restore it from a backup, or move it away to begin with empty totals';
  return new StorageFileError(`${path} is damaged or not a storage file (${detail}); ${advice}`);
}
