import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ComponentSettings } from '#component/component.ts';
import { syncDirectory } from '#files/sync-directory.ts';

/** An entry that differs from what pitot wrote. */
export interface CorruptedEntry {
  readonly owner: string;
  readonly key: string;
  /** SQL literal. */
  readonly value: string;
  readonly reason: string;
}

/** Maximum number of entries to log by name. The file contains all of them. */
const maxLogged = 10;

/** Writes corrupted entries to a file next to the storage file, as lines of JSON. */
export class CorruptedEntries {
  readonly #path: string;
  readonly #settings: ComponentSettings;
  readonly #counter: { add(value: number): void };
  #fd: number | undefined;
  #logged = 0;

  /** @param path path of the storage file */
  constructor(path: string, settings: ComponentSettings) {
    const stamp = new Date(settings.clock.now()).toISOString().replace(/[:.]/g, '-');
    this.#path = `${path}.corrupted-${stamp}.jsonl`;
    this.#settings = settings;
    this.#counter = settings.metrics.counter(
      'pitot_file_storage_corrupted_records_total',
      'Total number of corrupted records that were found in the file and moved to another file.',
      { extension: settings.id },
    );
  }

  /** Writes an entry to the file, counts it, and logs it. Returns whether the file contains it. */
  add(entry: CorruptedEntry): boolean {
    this.#counter.add(1);
    const error = this.#write(entry);
    this.#log(entry, error);
    return error === undefined;
  }

  /** Waits until the file and its name are on disk. */
  sync(): void {
    if (this.#fd === undefined) return;
    fsyncSync(this.#fd);
    syncDirectory(dirname(this.#path));
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #write(entry: CorruptedEntry): Error | undefined {
    try {
      this.#fd ??= openSync(this.#path, 'a', 0o640);
      const line = Buffer.from(`${JSON.stringify(entry)}\n`);
      for (let written = 0; written < line.length; ) written += writeSync(this.#fd, line, written);
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }

  #log({ owner, key, reason }: CorruptedEntry, error: Error | undefined): void {
    this.#logged += 1;
    if (this.#logged > maxLogged + 1) return;
    const { logger } = this.#settings;
    if (this.#logged > maxLogged) {
      logger.error('Further corrupted records of the storage file are named only in this file', { file: this.#path });
      return;
    }
    logger.error('Corrupted record of the storage file set aside', {
      ...(owner !== '' && { owner }),
      record: key,
      reason,
      ...(error ? { error } : { file: this.#path }),
    });
  }
}
