import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileReason } from '#client/file-reason.ts';

/**
 * Returns the storage file that an operand names: the file itself, or the only one in a directory.
 * @throws Error if there is none, or more than one
 */
export function stateFileAt(location: string): string {
  let isDirectory: boolean;
  try {
    isDirectory = statSync(location).isDirectory();
  } catch (error) {
    throw new Error(
      `open ${location}: ${fileReason(error)}; name the storage file, which pitot logs at startup ("Totals are kept on disk")`,
    );
  }
  if (!isDirectory) return location;
  const files = readdirSync(location).filter((name) => name.endsWith('.db'));
  if (files.length === 1) return join(location, files[0]!);
  const found =
    files.length === 0 ? 'contains no storage file (*.db)' : `contains several: ${files.join(', ')}; name one`;
  throw new Error(`${location} ${found}`);
}
