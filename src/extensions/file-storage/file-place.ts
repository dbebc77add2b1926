import { renameSync, rmSync, statSync } from 'node:fs';

interface Place {
  readonly device: number;
  readonly inode: number;
  readonly size: number;
}

/** Detects whether the files of an open database still have their names. */
export class FilePlace {
  readonly #path: string;
  #file: Place | undefined;
  #log: Place | undefined;

  constructor(path: string) {
    this.#path = path;
    this.accept();
  }

  /** Records the current files. Call after each write to them. */
  accept(): void {
    this.#file = placeOf(this.#path);
    this.#log = placeOf(`${this.#path}-wal`);
  }

  /**
   * Returns the change that another process has made to the files since `accept`. `isLost`: whether the open database
   * has lost content too.
   */
  change(): { readonly text: string; readonly isLost: boolean } | undefined {
    const problem = difference(this.#file, placeOf(this.#path));
    if (problem !== undefined) return { text: `was ${problem}`, isLost: problem === 'truncated' };
    const logProblem = difference(this.#log, placeOf(`${this.#path}-wal`));
    if (logProblem === undefined) return undefined;
    return { text: `lost its write-ahead log, which was ${logProblem}`, isLost: logProblem === 'truncated' };
  }

  /** Whether another file has the name of the open one. */
  get isForeign(): boolean {
    const now = placeOf(this.#path);
    return now !== undefined && !isSame(this.#file, now);
  }
}

/**
 * Moves files that are in the way to another name, and returns it. Removes a write-ahead log that belongs to no file.
 */
export function moveAside(path: string, isForeign: boolean, unixMs: number): string | undefined {
  if (!isForeign) {
    rmSync(`${path}-wal`, { force: true });
    return undefined;
  }
  const aside = `${path}.replaced-${new Date(unixMs).toISOString().replace(/[:.]/g, '-')}`;
  renameSync(path, aside);
  if (placeOf(`${path}-wal`)) renameSync(`${path}-wal`, `${aside}-wal`);
  return aside;
}

function difference(before: Place | undefined, now: Place | undefined): string | undefined {
  if (!before) return undefined;
  if (!now) return 'removed';
  if (!isSame(before, now)) return 'replaced';
  return now.size < before.size ? 'truncated' : undefined;
}

function isSame(before: Place | undefined, now: Place): boolean {
  return before?.device === now.device && before.inode === now.inode;
}

/** Undefined if the file is missing or cannot be reached. */
function placeOf(path: string): Place | undefined {
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats && { device: stats.dev, inode: stats.ino, size: stats.size };
  } catch {
    return undefined;
  }
}
