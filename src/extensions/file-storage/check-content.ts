import type { DatabaseSync } from 'node:sqlite';
import type { CorruptedEntry } from './corrupted-entries.ts';
import { damaged, StorageFileError } from './file-errors.ts';
import { applicationId, checksumOf, layoutVersion, migrate, rebuildIndex } from './layout.ts';

/** Faults that affect only the index: every row can still be read from the table. */
const indexFault =
  /^(?:row \d+ missing from index|wrong # of entries in index|non-unique entry in index|\w+ value in )/;

/** @throws StorageFileError for a file of another program or of a later version of pitot */
export function checkOwner(database: DatabaseSync, path: string): void {
  if (pragma(database, 'application_id') !== applicationId) {
    throw new StorageFileError(`${path} was not created by pitot; move it or choose another directory`);
  }
  const version = Number(pragma(database, 'user_version'));
  if (version < 1 || version > layoutVersion) {
    throw new StorageFileError(
      `${path} has storage format ${version}, and this version of pitot supports formats up to ${layoutVersion}; run the version of pitot that wrote the file`,
    );
  }
}

/**
 * Checks the whole file and migrates it to the current layout. If only the index of keys is damaged, creates it again.
 * @returns entries that were deleted for this
 * @throws StorageFileError if the file is damaged
 */
export function checkContent(database: DatabaseSync, path: string): readonly CorruptedEntry[] {
  const isOld = pragma(database, 'user_version') === 1;
  const faults = database.prepare('PRAGMA integrity_check(100)').all() as { integrity_check: string }[];
  const [first] = faults.map(({ integrity_check: text }) => text).filter((text) => text !== 'ok');
  const isIndexOnly = !isOld && faults.every(({ integrity_check: text }) => indexFault.test(text));
  if (first !== undefined && !isIndexOnly) throw damaged(path, first);
  if (isOld) migrate(database);
  checkOwners(database, path);
  if (first === undefined) return [];
  return rebuildIndex(database).map((entry) => ({ ...entry, owner: '', reason: first }));
}

/** Without its owner, no entry would be found, and totals would start again at zero. */
function checkOwners(database: DatabaseSync, path: string): void {
  const owners = database.prepare('SELECT id, name, checksum FROM owners').all() as {
    id: number;
    name: unknown;
    checksum: number;
  }[];
  const bad = owners.find(({ name, checksum }) => checksumOf(String(name), '', new Uint8Array()) !== checksum);
  if (bad) throw damaged(path, `the name of owner ${bad.id} does not match its checksum`);
  const orphan = database
    .prepare('SELECT owner FROM entries WHERE owner NOT IN (SELECT id FROM owners) LIMIT 1')
    .get() as { owner: number } | undefined;
  if (orphan) throw damaged(path, `owner ${orphan.owner} is missing`);
}

function pragma(database: DatabaseSync, name: string): unknown {
  return database.prepare(`PRAGMA ${name}`).get()?.[name];
}
