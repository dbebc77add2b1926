import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { syncDirectory } from './sync-directory.ts';

/**
 * Creates a directory and its missing parents, with one attempt each. Node.js's own recursive `mkdir` does not
 * terminate in a file system that creates nothing, such as /proc. Their names are on disk afterwards.
 * @param mode permissions of the created directories
 * @throws the system's error
 */
export function makeDirectory(path: string, mode: number): void {
  const missing: string[] = [];
  for (let current = resolve(path); !existsSync(current); current = dirname(current)) missing.push(current);
  for (const directory of missing.reverse()) {
    try {
      mkdirSync(directory, { mode });
      syncDirectory(dirname(directory));
    } catch (error) {
      // Another process can create it at the same time.
      const isThere = statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true;
      if (!isThere) throw error;
    }
  }
}
