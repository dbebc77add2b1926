import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';

/** `PRAGMA application_id` of a storage file: `ptot`. */
export const applicationId = 0x70746f74;
/** `PRAGMA user_version`, which increases when the tables change. Version 1 had no checksums. */
export const layoutVersion = 2;
/** Page size of the database in bytes. */
export const pageSize = 4096;

const createEntries = (name: string) => `
  CREATE TABLE ${name} (
    owner INTEGER NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, checksum INTEGER, PRIMARY KEY (owner, key)
  )`;

/** Creates the tables in an empty file. */
export function createTables(database: DatabaseSync): void {
  database.exec(`
    PRAGMA page_size = ${pageSize};
    PRAGMA application_id = ${applicationId};
    PRAGMA user_version = ${layoutVersion};
    BEGIN;
    CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, checksum INTEGER);
    ${createEntries('entries')};
    COMMIT`);
}

/** Adds checksums to a file of version 1, in one transaction. */
export function migrate(database: DatabaseSync): void {
  addChecksumFunction(database);
  database.exec(`
    BEGIN IMMEDIATE;
    ALTER TABLE owners ADD COLUMN checksum INTEGER;
    ALTER TABLE entries ADD COLUMN checksum INTEGER;
    UPDATE owners SET checksum = checksum_of(name, '', x'');
    UPDATE entries SET checksum = checksum_of((SELECT name FROM owners WHERE id = owner), key, value)
      WHERE typeof(value) = 'blob';
    PRAGMA user_version = ${layoutVersion};
    COMMIT`);
}

/**
 * Creates the index of keys again from the rows with a correct checksum, and deletes the other rows.
 * @returns the deleted rows, with their values as SQL literals
 */
export function rebuildIndex(database: DatabaseSync): { readonly key: string; readonly value: string }[] {
  addChecksumFunction(database);
  const isIntact = `typeof(value) = 'blob' AND checksum IS
    checksum_of((SELECT name FROM owners WHERE id = owner), key, value)`;
  database.exec(`
    BEGIN IMMEDIATE;
    ${createEntries('rebuilt')};
    INSERT INTO rebuilt SELECT * FROM entries NOT INDEXED WHERE ${isIntact}`);
  const others = database
    .prepare(`SELECT CAST(key AS TEXT) AS key, quote(value) AS value FROM entries NOT INDEXED WHERE NOT (${isIntact})`)
    .all();
  database.exec(`
    DROP TABLE entries;
    ALTER TABLE rebuilt RENAME TO entries;
    COMMIT`);
  return others as unknown as { key: string; value: string }[];
}

/**
 * Returns the CRC-32 of an entry together with its owner and key, so that an entry in the wrong place is also detected.
 */
export function checksumOf(owner: string, key: string, value: Uint8Array): number {
  return crc32(value, crc32(`${owner}\0${key}\0`));
}

function addChecksumFunction(database: DatabaseSync): void {
  database.function('checksum_of', { deterministic: true }, (owner, key, value) =>
    value instanceof Uint8Array ? checksumOf(String(owner), String(key), value) : null,
  );
}
