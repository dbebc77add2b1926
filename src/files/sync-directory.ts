import { closeSync, fsyncSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';

/**
 * Waits until the names in a directory are on disk. A file that was created, renamed, or removed can otherwise have its former name after a
 * power failure, although its content is on disk. Does nothing in file systems that cannot do this for directories.
 */
export function syncDirectory(directory: string): void {
  let fd: number | undefined;
  try {
    fd = openSync(directory, 'r');
    fsyncSync(fd);
  } catch {
    // The file system cannot do it.
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** Same as `syncDirectory`, on another thread. */
export async function syncDirectoryInBackground(directory: string): Promise<void> {
  try {
    await using handle = await open(directory, 'r');
    await handle.sync();
  } catch {
    // The file system cannot do it.
  }
}
