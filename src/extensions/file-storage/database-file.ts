import { copyFileSync, existsSync, mkdtempSync, renameSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { makeDirectory } from '#files/make-directory.ts';
import { syncDirectory } from '#files/sync-directory.ts';
import { checkContent, checkOwner } from './check-content.ts';
import type { FileStorageConfig } from './config.ts';
import type { CorruptedEntry } from './corrupted-entries.ts';
import {
  explained,
  FileChangedError,
  StorageDirectoryError,
  StorageFileError,
  StorageUnwritableError,
} from './file-errors.ts';
import { limitLog } from './free-space.ts';
import { createTables, pageSize } from './layout.ts';

interface OpenedFile {
  readonly database: DatabaseSync;
  /** Entries that had to be deleted to make the file usable. */
  readonly corrupted: readonly CorruptedEntry[];
}

/**
 * Opens the file, or creates it. A new file is created under another name first, so that a crash never leaves an
 * incomplete one.
 * @throws StorageFileError if pitot did not create the file, it is damaged, or another process uses it; the file is
 * then unchanged
 * @throws StorageUnwritableError if the disk is full or read-only
 */
export function openDatabaseFile(path: string, config: FileStorageConfig): OpenedFile {
  let database: DatabaseSync | undefined;
  try {
    prepareDirectory(dirname(path), config);
    if (exists(path)) removeDraft(path);
    else if (!adoptDraft(path)) createFile(path);
    database = connect(path, config);
    checkOwner(database, path);
    database.exec('PRAGMA journal_mode = WAL');
    const corrupted = checkContent(database, path);
    if (config.compaction.onStart) database.exec('VACUUM');
    prepareForWriting(database, path, config);
    return { database, corrupted };
  } catch (error) {
    database?.close();
    throw explained(error as Error, path);
  }
}

/** Opens a file that this process has just written. Throws the errors of {@link openDatabaseFile}. */
export function reopenDatabaseFile(path: string, config: FileStorageConfig): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = connect(path, config);
    database.exec('PRAGMA journal_mode = WAL');
    prepareForWriting(database, path, config);
    return database;
  } catch (error) {
    database?.close();
    throw explained(error as Error, path);
  }
}

/**
 * Opens a copy of a file that this process must not change: SQLite would write next to the file. Returns undefined if there is no file.
 * Throws the errors of {@link openDatabaseFile}.
 * @throws FileChangedError if `mayChange` and another process wrote to the file while it was copied
 */
export function openCopyForReading(
  path: string,
  { mayChange = false }: { readonly mayChange?: boolean } = {},
): (OpenedFile & { close(): void }) | undefined {
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
      const before = fingerprintOf(path);
      for (const suffix of ['', '-wal']) if (existsSync(path + suffix)) copyFileSync(path + suffix, copy + suffix);
      if (mayChange && fingerprintOf(path) !== before) throw new FileChangedError(path);
      database = new DatabaseSync(copy);
      checkOwner(database, path);
      return { database, corrupted: checkContent(database, path), close };
    } catch (error) {
      close();
      throw error;
    }
  } catch (error) {
    const cause = explained(error as Error, path);
    throw cause instanceof StorageFileError ? cause : new StorageFileError(cause.message);
  }
}

/** Returns a text that changes with the sizes and times of the files. */
export function fingerprintOf(path: string): string {
  return ['', '-wal']
    .map((suffix) => statSync(path + suffix, { throwIfNoEntry: false }))
    .map((stats) => (stats ? `${stats.size} ${stats.mtimeMs}` : ''))
    .join(' ');
}

/** Creates the directory if it is missing and the configuration allows it. */
export function prepareDirectory(directory: string, config: FileStorageConfig): void {
  if (existsSync(directory)) return;
  if (!config.createDirectory) throw new StorageDirectoryError(`directory must exist: ${directory}`);
  try {
    makeDirectory(directory, Number.parseInt(config.directoryPermissions, 8));
  } catch (error) {
    const cause = explained(error as Error, directory, 'create directory');
    throw cause instanceof StorageUnwritableError ? cause : new StorageDirectoryError(cause.message);
  }
}

/** Returns the name under which a file is prepared before it replaces another. */
export function draftOf(path: string): string {
  return `${path}.new`;
}

/** Removes the draft of a file and the files that SQLite creates next to it. Succeeds if there are none. */
export function removeDraft(path: string): void {
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(draftOf(path) + suffix, { force: true });
}

/** Renames the draft to the file, and waits until the name is on disk. */
export function placeDraft(path: string): void {
  renameSync(draftOf(path), path);
  syncDirectory(dirname(path));
}

function connect(path: string, config: FileStorageConfig): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: config.timeout });
  database.exec('PRAGMA locking_mode = EXCLUSIVE');
  return database;
}

function prepareForWriting(database: DatabaseSync, path: string, config: FileStorageConfig): void {
  limitLog(database, path);
  const maxBytes = config.maxSize || config.maxSizeMib * 2 ** 20;
  const maxPages = maxBytes === 0 ? 0xfffffffe : Math.ceil(maxBytes / pageSize);
  database.exec(`PRAGMA max_page_count = ${maxPages}; PRAGMA synchronous = ${config.fsync ? 'FULL' : 'NORMAL'}`);
  // Acquires the exclusive lock now, so that a second process fails at startup.
  database.exec('BEGIN IMMEDIATE; COMMIT');
}

/** Creates a file in one step: `fill` adds entries before it has its name. */
export function createFile(path: string, fill: (database: DatabaseSync) => void = () => undefined): void {
  removeDraft(path);
  const database = new DatabaseSync(draftOf(path));
  try {
    createTables(database);
    fill(database);
  } finally {
    database.close();
  }
  placeDraft(path);
}

/** Uses a complete draft, if there is one: pitot was killed before the draft replaced a file that had been removed. */
function adoptDraft(path: string): boolean {
  const draft = draftOf(path);
  if (!exists(draft)) return false;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(draft);
    checkOwner(database, draft);
    checkContent(database, draft);
  } catch {
    return false;
  } finally {
    database?.close();
  }
  placeDraft(path);
  return true;
}

/** Whether a file exists. Unlike `existsSync`, throws if that cannot be determined. */
function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
