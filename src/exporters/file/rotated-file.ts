import { existsSync } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import type { Clock } from '#component/component.ts';

/** Settings and dependencies of {@link RotatedFile}. */
export interface RotatedFileOptions {
  readonly path: string;
  /** Whether an existing file is continued. */
  readonly continues: boolean;
  /** Size above which a new file begins in bytes. */
  readonly maxBytes: number;
  /** Maximum number of older files; 0 keeps all. */
  readonly maxBackups: number;
  /** Maximum age of older files in days; 0 keeps them. */
  readonly maxDays: number;
  readonly isLocalTime: boolean;
  readonly clock: Clock;
}

/** Permissions of new files, same as in the Collector: another process can read them. The umask limits them. */
const fileMode = 0o644;
const msPerDay = 86_400_000;

/**
 * A file that is written in order, one piece after the other. When it becomes too large, it is renamed to `name-TIME.ext`, same as in the
 * Collector, and a new one begins. A piece is never split. Only one write may run at a time.
 */
export class RotatedFile {
  readonly #options: RotatedFileOptions;
  #handle: FileHandle | undefined;
  #size = 0;

  constructor(options: RotatedFileOptions) {
    this.#options = options;
  }

  /** @throws Error of the file system */
  async open(): Promise<void> {
    this.#handle = await open(this.#options.path, this.#options.continues ? 'a' : 'w', fileMode);
    this.#size = (await this.#handle.stat()).size;
  }

  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  /** Resolves when the piece is in the file. A piece that fails is removed again, so that the file remains readable. */
  async write(piece: Buffer): Promise<void> {
    if (this.#handle === undefined) throw new Error('file is closed');
    if (this.#size > 0 && this.#size + piece.length > this.#options.maxBytes) await this.#rotate(this.#handle);
    try {
      await this.#handle.appendFile(piece);
      this.#size += piece.length;
    } catch (error) {
      await this.#handle.truncate(this.#size).catch(() => undefined);
      throw error;
    }
  }

  /** Keeps the current file open until the next one is, so that a later write can repeat a failed rotation. */
  async #rotate(current: FileHandle): Promise<void> {
    const { path } = this.#options;
    await rename(path, this.#backupName()).catch(unlessMissing);
    this.#handle = await open(path, 'a', fileMode);
    this.#size = 0;
    await current.close();
    await this.#removeOld();
  }

  /** Returns a name that no file has. If two files end in one millisecond, the later one gets a later name. */
  #backupName(): string {
    const { path, clock, isLocalTime } = this.#options;
    const extension = extname(path);
    for (let now = clock.now(); ; now++) {
      const shifted = isLocalTime ? now - new Date(now).getTimezoneOffset() * 60_000 : now;
      const time = new Date(shifted).toISOString().slice(0, -1).replaceAll(':', '-');
      const name = join(dirname(path), `${basename(path, extension)}-${time}${extension}`);
      if (!existsSync(name)) return name;
    }
  }

  async #removeOld(): Promise<void> {
    const { path, maxBackups, maxDays, clock } = this.#options;
    const extension = extname(path);
    const prefix = `${basename(path, extension)}-`;
    const backups = (await readdir(dirname(path)))
      .filter((name) => name.startsWith(prefix) && name.endsWith(extension))
      .map((name) => ({ name, time: timeOf(name.slice(prefix.length, name.length - extension.length)) }))
      .filter(({ time }) => time !== undefined)
      .sort((a, b) => b.time! - a.time!);
    const oldest = maxDays > 0 ? clock.now() - maxDays * msPerDay : Number.NEGATIVE_INFINITY;
    for (const [index, { name, time }] of backups.entries()) {
      const isTooMany = maxBackups > 0 && index >= maxBackups;
      if (isTooMany || time! < oldest) await rm(join(dirname(path), name), { force: true });
    }
  }
}

/** Ignores that a file is missing: somebody removed it, or an earlier rotation renamed it and then failed. */
function unlessMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

/** Returns the time in the name of an older file, or undefined for another file. */
function timeOf(text: string): number | undefined {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\d\.\d{3})$/.exec(text);
  return parts === null ? undefined : Date.parse(`${parts[1]}:${parts[2]}:${parts[3]}Z`);
}
