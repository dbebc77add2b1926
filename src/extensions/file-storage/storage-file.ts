import { dirname } from 'node:path';
import { backup, type DatabaseSync } from 'node:sqlite';
import type { ComponentSettings } from '#component/component.ts';
import type { FileStorageConfig } from './config.ts';
import type { CorruptedEntry } from './corrupted-entries.ts';
import {
  draftOf,
  fingerprintOf,
  openCopyForReading,
  openDatabaseFile,
  placeDraft,
  prepareDirectory,
  removeDraft,
  reopenDatabaseFile,
} from './database-file.ts';
import { explained, StorageUnwritableError } from './file-errors.ts';
import { FilePlace, moveAside } from './file-place.ts';

/** Interval of attempts to open or rewrite a file that cannot be written, ms. */
const retryMs = 1_000;
/** Interval of checks that the file still has its name, ms. */
const checkMs = 250;
/** Number of database pages to copy without a pause when the file is rewritten. */
const copiedPages = 1_000;

interface StorageFileOptions extends Pick<ComponentSettings, 'clock' | 'logger'> {
  readonly path: string;
  readonly config: FileStorageConfig;
  /** Called for an entry that was deleted while the file was opened. */
  onCorrupted(entry: CorruptedEntry): void;
  /** Called with the problem when the file can no longer be written, and with undefined when it was rewritten. */
  onStatus(problem: Error | undefined): void;
}

/**
 * The open file. If it is removed or replaced while it is open, it is rewritten from the open database, which still
 * contains everything. Until then, it cannot be written.
 */
export class StorageFile {
  readonly #options: StorageFileOptions;
  #database: DatabaseSync | undefined;
  /** Source of reads while the file cannot be opened for writing. Undefined if there is no file. */
  #copy: ReturnType<typeof openCopyForReading>;
  /** Fingerprint of the files when they were copied. */
  #fingerprint = '';
  #place: FilePlace | undefined;
  #problem: Error | undefined;
  #retryAtMs = 0;
  #rewriting: Promise<void> | undefined;
  #check: NodeJS.Timeout | undefined;

  constructor(options: StorageFileOptions) {
    this.#options = options;
  }

  /**
   * Opens the file.
   * @throws StorageFileError if the file cannot be used
   * @throws StorageUnwritableError if the disk is full or read-only
   */
  open(): void {
    this.#openForWriting();
    this.#watch();
  }

  /**
   * Opens the file for reading while it cannot be written. Reports this to `onStatus`.
   * @throws StorageFileError if it cannot be read
   */
  openForReading(problem: Error): void {
    const { path, clock, onCorrupted } = this.#options;
    this.#copy = openCopyForReading(path);
    this.#copy?.corrupted.forEach(onCorrupted);
    this.#fingerprint = fingerprintOf(path);
    this.#fail(problem, clock.monotonic());
    this.#watch();
  }

  /** The database for reading. Undefined if there is no file yet. */
  get readable(): DatabaseSync | undefined {
    return this.#database ?? this.#copy?.database;
  }

  /**
   * Returns the database for writing, and opens it if an earlier attempt failed.
   * @throws StorageUnwritableError with the reason if it cannot be written
   */
  writable(): DatabaseSync {
    const { path, clock } = this.#options;
    this.#checkPlace();
    if (this.#problem && (this.#database || clock.monotonic() < this.#retryAtMs)) throw this.#problem;
    if (this.#database) return this.#database;
    this.#retryAtMs = clock.monotonic() + retryMs;
    if (fingerprintOf(path) !== this.#fingerprint) {
      throw new StorageUnwritableError(
        `${path} was modified by another process after pitot started; restart pitot to load it`,
      );
    }
    this.#copy?.close();
    this.#copy = undefined;
    this.#problem = undefined;
    return this.#openForWriting();
  }

  /** Settles when a lost file has been rewritten or cannot be. Undefined if no file was lost. */
  busy(): Promise<void> | undefined {
    this.#checkPlace();
    return this.#rewriting;
  }

  /**
   * Call after each transaction.
   * @throws Error with the reason if the transaction is not on disk under the file's name
   */
  committed(): void {
    this.#checkPlace();
    if (this.#problem) throw this.#problem;
    this.#place?.accept();
  }

  async close(): Promise<void> {
    clearInterval(this.#check);
    this.#check = undefined;
    await this.#rewriting;
    this.#copy?.close();
    this.#copy = undefined;
    this.#database?.close();
    this.#database = undefined;
  }

  #watch(): void {
    this.#check = setInterval(() => this.#checkPlace(), checkMs);
    this.#check.unref();
  }

  #openForWriting(): DatabaseSync {
    const { path, config, onCorrupted } = this.#options;
    const { database, corrupted } = openDatabaseFile(path, config);
    corrupted.forEach(onCorrupted);
    this.#database = database;
    this.#place = new FilePlace(path);
    return database;
  }

  #fail(problem: Error, nowMs: number): void {
    this.#problem = problem;
    this.#retryAtMs = nowMs + retryMs;
    this.#options.onStatus(problem);
  }

  #checkPlace(): void {
    const { path, clock, onStatus } = this.#options;
    if (!this.#database || this.#rewriting) return;
    const change = this.#place?.change();
    if (!change) {
      if (this.#problem) onStatus(undefined);
      this.#problem = undefined;
      return;
    }
    const nowMs = clock.monotonic();
    if (this.#problem && nowMs < this.#retryAtMs) return;
    if (change.isLost) {
      const advice = 'its totals are in memory only; stop pitot and restore the file from a backup';
      this.#fail(new StorageUnwritableError(`${path} ${change.text} while pitot was using it; ${advice}`), nowMs);
      return;
    }
    this.#fail(new StorageUnwritableError(`${path} ${change.text} while pitot was using it; writing it again`), nowMs);
    this.#rewriting = this.#rewrite(this.#database).finally(() => {
      this.#rewriting = undefined;
    });
  }

  /** Copies the open database to a file that then replaces the lost one. Never rejects. */
  async #rewrite(database: DatabaseSync): Promise<void> {
    const { path, config, clock, logger, onStatus } = this.#options;
    try {
      // It existed at the start, so it is not a mistake of the configuration.
      prepareDirectory(dirname(path), { ...config, createDirectory: true });
      removeDraft(path);
      await backup(database, draftOf(path), { rate: copiedPages });
      const replacedBy = moveAside(path, this.#place?.isForeign === true, clock.now());
      // No later step may be skipped: the old database must not be used again.
      placeDraft(path);
      this.#fingerprint = fingerprintOf(path);
      this.#database = undefined;
      this.#place = undefined;
      database.close();
      this.#database = reopenDatabaseFile(path, config);
      this.#place = new FilePlace(path);
      this.#problem = undefined;
      logger.warn('Storage file written again, because it was removed or replaced while pitot was using it', {
        file: path,
        ...(replacedBy && { other_file: replacedBy }),
      });
      onStatus(undefined);
    } catch (error) {
      this.#fail(explained(error as Error, path, 'write'), clock.monotonic());
      try {
        removeDraft(path);
      } catch {
        // The next attempt removes it.
      }
    }
  }
}
