import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { content, fileIn, newDirectory, openStorage, put } from '../../../test/support/file-storage.ts';

const keys = Array.from({ length: 300 }, (_, i) => `s/${String(i).padStart(6, '0')}`);

/** A closed file with entries of the owner `a`. */
async function closedFile(): Promise<string> {
  const directory = newDirectory();
  const storage = await openStorage(directory);
  await storage.client('a').write(keys.map((key) => put(key, `value of ${key}`)));
  await storage.shutdown();
  return directory;
}

function change(directory: string, sql: string): void {
  const file = new DatabaseSync(fileIn(directory));
  file.exec(sql);
  file.close();
}

/** Replaces text in the file without SQLite. `which`: the occurrence, or all. */
function overwrite(directory: string, from: string, { to, which }: { to: string; which?: number }): void {
  const bytes = readFileSync(fileIn(directory));
  const places: number[] = [];
  for (let at = bytes.indexOf(from); at >= 0; at = bytes.indexOf(from, at + 1)) places.push(at);
  expect(places).not.toEqual([]);
  for (const at of which === undefined ? places : [places[which]!]) bytes.write(to, at, 'latin1');
  writeFileSync(fileIn(directory), bytes);
}

function setAside(directory: string): { owner: string; key: string; value: string; reason: string }[] {
  const names = readdirSync(directory).filter((name) => name.includes('.corrupted-'));
  return names.flatMap((name) =>
    readFileSync(join(directory, name), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
  );
}

const counted = (storage: Awaited<ReturnType<typeof openStorage>>) =>
  storage.settings.measured('pitot_file_storage_corrupted_records_total', { extension: 'file_storage' });

const one = keys[150]!;
const other = 's/zzzzzz';

describe.each<[string, (directory: string) => void]>([
  ['a bit of a value is flipped', (directory) => overwrite(directory, `value of ${one}`, { to: 'walue' })],
  ['a key is renamed', (directory) => change(directory, `UPDATE entries SET key = '${other}' WHERE key = '${one}'`)],
  ['a key is renamed to one that sorts elsewhere', (directory) => overwrite(directory, one, { to: 'z' })],
  ['a key is renamed in the index only', (directory) => overwrite(directory, `${one}`, { to: 'z', which: 2 })],
  ['a value becomes a text', (directory) => change(directory, `UPDATE entries SET value = 'x' WHERE key = '${one}'`)],
  ['a value becomes a number', (directory) => change(directory, `UPDATE entries SET value = 7 WHERE key = '${one}'`)],
  [
    'a value becomes a number that JavaScript does not have',
    (directory) => change(directory, `UPDATE entries SET value = 9223372036854775807 WHERE key = '${one}'`),
  ],
  [
    'a checksum is missing',
    (directory) => change(directory, `UPDATE entries SET checksum = NULL WHERE key = '${one}'`),
  ],
  [
    'a checksum is a text',
    (directory) => change(directory, `UPDATE entries SET checksum = 'none' WHERE key = '${one}'`),
  ],
  [
    'two values are exchanged',
    (directory) =>
      change(directory, `UPDATE entries SET value = CAST('value of ${keys[0]}' AS BLOB) WHERE key = '${one}'`),
  ],
])('when %s', (_, corrupt) => {
  test('the record is named, counted, and set aside, and all others are read', async () => {
    const directory = await closedFile();
    corrupt(directory);
    const storage = await openStorage(directory);
    const client = storage.client('a');
    const read = content(client.scan('s/'));
    for (const key of client.keysOutside(['s/'])) client.setAside(key, 'the key is unknown');
    const intact = keys.filter((key) => key !== one).map((key) => `${key}=value of ${key}`);
    expect(read.filter((entry) => !entry.startsWith(`${one}=`))).toEqual(intact);
    // An index that names a wrong row is created again, and nothing is lost.
    const isLost = !read.includes(`${one}=value of ${one}`);
    expect(counted(storage)).toBe(isLost ? 1 : 0);
    expect(client.lostEntries).toBe(isLost ? 1 : 0);
    if (!isLost) return;
    expect(setAside(directory)).toHaveLength(1);
    expect(storage.settings.logged.join('\n')).toContain(setAside(directory)[0]!.key);
    await client.write([put('s/new', 'x')]);
    await storage.shutdown();
    // The next start finds nothing wrong.
    const next = await openStorage(directory);
    expect(content(next.client('a').scan('s/'))).toHaveLength(keys.length);
    expect(counted(next)).toBe(0);
  });
});

test('a record that is set aside can be put back with its SQL literal', async () => {
  const directory = await closedFile();
  change(directory, `UPDATE entries SET checksum = 1 WHERE key = '${one}'`);
  const storage = await openStorage(directory);
  expect(storage.client('a').read(one)).toBeUndefined();
  const [entry] = setAside(directory);
  expect(entry).toEqual({
    owner: 'a',
    key: one,
    value: `X'${Buffer.from(`value of ${one}`).toString('hex').toUpperCase()}'`,
    reason: 'the checksum does not match',
  });
});

test('only the first corrupted records are logged by name', async () => {
  const directory = await closedFile();
  change(directory, 'UPDATE entries SET checksum = 1');
  const storage = await openStorage(directory);
  expect(content(storage.client('a').scan('s/'))).toEqual([]);
  expect(counted(storage)).toBe(keys.length);
  expect(setAside(directory)).toHaveLength(keys.length);
  expect(storage.settings.logged).toHaveLength(11);
});

describe('refuses, with the name of the file,', () => {
  test.each([
    ['an owner whose name has changed', `UPDATE owners SET name = 'b'`],
    ['an owner that is missing', 'DELETE FROM owners'],
    ['an owner that is a number', 'UPDATE owners SET name = 7'],
    ['a missing table', 'DROP TABLE owners'],
  ])('%s', async (_, sql) => {
    const directory = await closedFile();
    change(directory, sql);
    await expect(openStorage(directory)).rejects.toThrow(fileIn(directory));
  });
});

describe('a file of layout 1', () => {
  async function oldFile(): Promise<string> {
    const directory = await closedFile();
    change(
      directory,
      `ALTER TABLE entries DROP COLUMN checksum; ALTER TABLE owners DROP COLUMN checksum; PRAGMA user_version = 1`,
    );
    return directory;
  }

  test('gets checksums', async () => {
    const directory = await oldFile();
    const storage = await openStorage(directory);
    expect(content(storage.client('a').scan(''))).toEqual(keys.map((key) => `${key}=value of ${key}`));
    await storage.shutdown();
    change(directory, `UPDATE entries SET value = x'00' WHERE key = '${one}'`);
    const later = await openStorage(directory);
    expect(content(later.client('a').scan(''))).toHaveLength(keys.length - 1);
    expect(counted(later)).toBe(1);
  });

  test('keeps out values of another type', async () => {
    const directory = await oldFile();
    change(directory, `UPDATE entries SET value = 7 WHERE key = '${one}'`);
    const storage = await openStorage(directory);
    expect(content(storage.client('a').scan(''))).toHaveLength(keys.length - 1);
    expect(setAside(directory)).toMatchObject([{ key: one, value: '7' }]);
  });
});
