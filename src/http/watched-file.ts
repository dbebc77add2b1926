import { readFileSync, statSync } from 'node:fs';

/** A file that is read again when it has changed; it is looked at when asked for, at most once in `interval`. */
export class WatchedFile {
  readonly #path: string;
  readonly #now: () => number;
  readonly #interval: number;
  #text: string;
  #version: string;
  #lookedAt: number;

  /**
   * @param timing a monotonic clock and the shortest time between looks, in milliseconds
   * @throws Error `open PATH: no such file or directory` and the like
   */
  constructor(path: string, timing: { readonly now: () => number; readonly interval: number }) {
    this.#path = path;
    this.#now = timing.now;
    this.#interval = timing.interval;
    this.#version = versionOf(path);
    this.#text = readText(path);
    this.#lookedAt = timing.now();
  }

  /** The content as last read. */
  get text(): string {
    return this.#text;
  }

  /** Reads again when due; true when the content changed. A file that can't be read keeps what it had. */
  refresh(): boolean {
    const now = this.#now();
    if (now < this.#lookedAt + this.#interval) return false;
    this.#lookedAt = now;
    try {
      const version = versionOf(this.#path);
      if (version === this.#version) return false;
      const text = readText(this.#path);
      this.#version = version;
      const hasChanged = text !== this.#text;
      this.#text = text;
      return hasChanged;
    } catch {
      return false;
    }
  }
}

/** Changes when the file's content does, also when a symbolic link on the way is turned (mounted secrets). */
function versionOf(path: string): string {
  try {
    const { mtimeMs, ino, size } = statSync(path);
    return `${ino}:${size}:${mtimeMs}`;
  } catch (error) {
    throw openError(path, error);
  }
}

/** The text of a file. @throws Error in Go's words */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw openError(path, error);
  }
}

function openError(path: string, error: unknown): Error {
  const { code, message } = error as NodeJS.ErrnoException;
  const words = code === 'ENOENT' ? 'no such file or directory' : code === 'EACCES' ? 'permission denied' : message;
  return new Error(`open ${path}: ${words}`, { cause: error });
}
