import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { makeDirectory } from '#files/make-directory.ts';
import { content, fileIn, newDirectory, openStorage, put } from '../../../test/support/file-storage.ts';

type Storage = Awaited<ReturnType<typeof openStorage>>;

/** Writes as a client that repeats what was refused. */
async function writeUntilAccepted(storage: Storage, key: string, text: string): Promise<void> {
  await vi.waitFor(() => storage.client('a').write([put(key, text)]), { timeout: 20_000 });
}

/** Returns the keys that a new process finds after this one was killed. */
async function afterKill(directory: string): Promise<string[]> {
  const copy = newDirectory();
  for (const name of readdirSync(directory)) cpSync(join(directory, name), join(copy, name), { recursive: true });
  return content((await openStorage(copy)).client('a').scan(''));
}

async function withEntry(directory: string): Promise<Storage> {
  const storage = await openStorage(directory, { commit_interval: '1ms' });
  await storage.client('a').write([put('before', '1')]);
  return storage;
}

const changes: readonly [string, (directory: string) => void][] = [
  ['the file is removed', (directory) => unlinkSync(fileIn(directory))],
  ['the log is removed', (directory) => unlinkSync(`${fileIn(directory)}-wal`)],
  [
    'all files are removed',
    (directory) => {
      for (const name of readdirSync(directory)) rmSync(join(directory, name));
    },
  ],
  ['the directory is removed', (directory) => rmSync(directory, { recursive: true })],
  ['the directory is renamed', (directory) => renameSync(directory, `${directory}-other`)],
  ['the file is moved', (directory) => renameSync(fileIn(directory), join(directory, 'elsewhere'))],
  [
    'the log is replaced by garbage',
    (directory) => {
      unlinkSync(`${fileIn(directory)}-wal`);
      writeFileSync(`${fileIn(directory)}-wal`, 'x'.repeat(100_000));
    },
  ],
  [
    'the file is replaced by a copy of itself',
    (directory) => {
      copyFileSync(fileIn(directory), `${fileIn(directory)}.copy`);
      renameSync(`${fileIn(directory)}.copy`, fileIn(directory));
    },
  ],
  [
    'a directory with the name of the file',
    (directory) => {
      unlinkSync(fileIn(directory));
      mkdirSync(fileIn(directory));
    },
  ],
];

describe.each(changes)('while it is open, %s', (_, change) => {
  test('what was acknowledged before and after is on disk', async () => {
    const directory = newDirectory();
    const storage = await withEntry(directory);
    change(directory);
    await writeUntilAccepted(storage, 'later', '2');
    expect(await afterKill(directory)).toEqual(['before=1', 'later=2']);
    expect(storage.failure).toBeUndefined();
    expect(storage.problems).toEqual([expect.stringContaining('while pitot was using it'), undefined]);
    await writeUntilAccepted(storage, 'later', '3');
    await storage.shutdown();
    expect(await afterKill(directory)).toEqual(['before=1', 'later=3']);
  });

  test('the file is written again although nothing is written to it', async () => {
    const directory = newDirectory();
    const storage = await withEntry(directory);
    change(directory);
    await vi.waitFor(() => expect(storage.problems).toEqual([expect.any(String), undefined]), { timeout: 20_000 });
    expect(await afterKill(directory)).toEqual(['before=1']);
  });
});

test('a file that replaced it is kept under another name', async () => {
  const directory = newDirectory();
  const storage = await withEntry(directory);
  writeFileSync(join(directory, 'other'), 'a backup that somebody wanted to restore');
  renameSync(join(directory, 'other'), fileIn(directory));
  await writeUntilAccepted(storage, 'later', '2');
  const [aside] = readdirSync(directory).filter((name) => name.includes('.replaced-'));
  expect(readFileSync(join(directory, aside!), 'utf8')).toBe('a backup that somebody wanted to restore');
  expect(storage.settings.logged.join('\n')).toContain(aside);
});

test('a file that was truncated is never acknowledged again', async () => {
  const directory = newDirectory();
  const storage = await withEntry(directory);
  truncateSync(fileIn(directory), 0);
  await expect(storage.client('a').write([put('later', '2')])).rejects.toThrow(
    'was truncated while pitot was using it',
  );
  storage.settings.clock.advance(5_000);
  await expect(storage.client('a').write([put('later', '2')])).rejects.toThrow('was truncated');
  expect(storage.problems).toHaveLength(1);
});

test('if the file cannot be written again, writes fail until it can', async () => {
  const directory = newDirectory();
  const storage = await withEntry(directory);
  rmSync(directory, { recursive: true });
  // A file where the directory was.
  writeFileSync(directory, '');
  await vi.waitFor(() => expect(storage.problems.at(-1)).toContain('ENOTDIR'), { timeout: 20_000 });
  await expect(storage.client('a').write([put('later', '2')])).rejects.toThrow(fileIn(directory));
  unlinkSync(directory);
  storage.settings.clock.advance(1_000);
  await writeUntilAccepted(storage, 'later', '2');
  expect(await afterKill(directory)).toEqual(['before=1', 'later=2']);
});

test('writes that wait at shutdown are on disk although the file was removed', async () => {
  const directory = newDirectory();
  const storage = await withEntry(directory);
  unlinkSync(fileIn(directory));
  const written = storage.client('a').write([put('later', '2')]);
  await storage.shutdown();
  await written;
  expect(await afterKill(directory)).toEqual(['before=1', 'later=2']);
});

test('a process that was killed while it wrote the file again finds the draft', async () => {
  const directory = newDirectory();
  await (await withEntry(directory)).shutdown();
  renameSync(fileIn(directory), `${fileIn(directory)}.new`);
  expect(await afterKill(directory)).toEqual(['before=1']);
});

test('an unfinished draft is ignored', async () => {
  const directory = newDirectory();
  writeFileSync(`${fileIn(directory)}.new`, 'SQLite format 3\0 and then nothing');
  await openStorage(directory);
  expect(existsSync(`${fileIn(directory)}.new`)).toBe(false);
});

describe('makeDirectory', () => {
  test('ends in a file system that creates no directories', () => {
    expect(() => makeDirectory('/proc/pitot/state', 0o750)).toThrow('ENOENT');
  });

  test('creates missing parents', () => {
    const path = join(newDirectory(), 'a', 'b', '..', 'c');
    makeDirectory(path, 0o750);
    expect(existsSync(path)).toBe(true);
  });
});
