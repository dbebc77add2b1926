import { readFileSync, statSync } from 'node:fs';

/**
 * A file that is read again when it changes. Accesses to the content check the file, once per `interval` or less often.
 */
export class WatchedFile {
  readonly #path: string;
  readonly #now: () => number;
  readonly #interval: number;
  #text: string;
  #version: string;
  #lookedAt: number;

  /**
   * @param timing a monotonic clock and the minimum time between checks, in milliseconds
   * @throws Error such as `open PATH: no such file or directory`
   */
  constructor(path: string, timing: { readonly now: () => number; readonly interval: number }) {
    this.#path = path;
    this.#now = timing.now;
    this.#interval = timing.interval;
    this.#version = versionOf(path);
    this.#text = readText(path);
    this.#lookedAt = timing.now();
  }

  /** The content as of the latest read. */
  get text(): string {
    return this.#text;
  }

  /**
   * Reads the file again if it is due. Returns whether the content changed. If the file cannot be read, the previous
   * content remains.
   */
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

/**
 * Returns a text that changes with the file's content, and when a symbolic link in its path changes (mounted secrets).
 */
function versionOf(path: string): string {
  try {
    const { mtimeMs, ino, size } = statSync(path);
    return `${ino}:${size}:${mtimeMs}`;
  } catch (error) {
    throw openError(path, error);
  }
}

/**
 * Returns the text of a file.
 * @throws Error with Go's message
 */
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
