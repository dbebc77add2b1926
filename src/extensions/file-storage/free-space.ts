import { statfsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { pageSize } from './layout.ts';

/** Space that writes which add data leave on the disk, unless the disk is small. */
const maxReserveBytes = 8 * 1024 * 1024;
/** Share of a small disk. */
const reserveShare = 1 / 4;
/** Pages that an entry can need in addition to its value. */
const pagesPerEntry = 2;

interface Disk {
  readonly totalBytes: number;
  readonly freeBytes: number;
}

/** Returns the sizes of the disk of a directory. Undefined if the file system does not report them, or the directory was removed. */
function diskOf(directory: string): Disk | undefined {
  try {
    const { blocks, bavail, bsize } = statfsSync(directory);
    return blocks === 0 ? undefined : { totalBytes: blocks * bsize, freeBytes: bavail * bsize };
  } catch {
    return undefined;
  }
}

/** Returns the space in bytes that deletions need on a disk: SQLite writes them to its log before it frees anything. */
function reserveOf(disk: Disk | undefined): number {
  return disk === undefined ? maxReserveBytes : Math.min(maxReserveBytes, disk.totalBytes * reserveShare);
}

/**
 * Limits SQLite's log to half of the reserve, so that the rest is sufficient to move its pages to the file: SQLite writes the log from its
 * beginning again only after this.
 */
export function limitLog(database: DatabaseSync, path: string): void {
  const pages = Math.max(Math.floor(reserveOf(diskOf(dirname(path))) / 2 / pageSize), 16);
  database.exec(`PRAGMA wal_autocheckpoint = ${pages}`);
}

/** The free space of the disk, for writes that add data. Without it, a full disk could not even delete entries, and would remain full. */
export class FreeSpace {
  readonly #path: string;
  /** Bytes of the writes that are not committed yet. */
  #claimedBytes = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Runs a write that adds `bytes` to the file.
   * @throws Error if the disk would then have less space than deletions need
   */
  async claim(bytes: number, database: DatabaseSync | undefined, write: () => Promise<void>): Promise<void> {
    const size = (Math.ceil(bytes / pageSize) + pagesPerEntry) * pageSize;
    this.#check(this.#claimedBytes + size, database);
    this.#claimedBytes += size;
    try {
      await write();
    } finally {
      this.#claimedBytes -= size;
    }
  }

  #check(bytes: number, database: DatabaseSync | undefined): void {
    const freePages = Number(database?.prepare('PRAGMA freelist_count').get()?.freelist_count ?? 0);
    const growth = bytes - freePages * pageSize;
    if (growth <= 0) return;
    const disk = diskOf(dirname(this.#path));
    // A write is in the log before it is in the file.
    if (disk === undefined || disk.freeBytes >= Math.max(reserveOf(disk), bytes) + growth) return;
    throw new Error(`disk of ${this.#path} is full: ${disk.freeBytes} bytes are free`);
  }
}
