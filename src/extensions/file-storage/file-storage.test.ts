import { spawnSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import type { Host } from '#component/component.ts';
import { validateConfig } from '#config/schema.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { storageConfigOf as configOf, content, fileIn, newDirectory, put } from '../../../test/support/file-storage.ts';
import { fileStorageConfig } from './config.ts';
import { FileStorage } from './file-storage.ts';

const opened: FileStorage[] = [];
afterEach(async () => {
  for (const storage of opened.splice(0)) await storage.shutdown();
});

const noHost: Host = { extension: () => undefined, fatal: () => {} };

async function open(directory: string, raw: object = {}, settings = testSettings('file_storage')) {
  const storage = new FileStorage(configOf({ directory, ...raw }), settings);
  opened.push(storage);
  await storage.start(noHost);
  return Object.assign(storage, { settings });
}

describe('a map of bytes', () => {
  test('what was written is there after it is opened again', async () => {
    const directory = newDirectory();
    const first = await open(directory);
    await first.client('a').write([put('k', 'v'), put('gone', 'x')]);
    await first.client('a').write([{ delete: 'gone' }, put('k', 'w')]);
    await first.shutdown();
    const again = (await open(directory)).client('a');
    expect(Buffer.from(again.read('k') ?? []).toString()).toBe('w');
    expect(again.read('gone')).toBeUndefined();
  });

  test('scan returns exactly the entries with a prefix, in key order', async () => {
    const client = (await open(newDirectory())).client('a');
    await client.write([put('p/2', 'b'), put('p/1', 'a'), put('q/1', 'c'), put('p', 'd'), put('p/1/x', 'e')]);
    expect(content(client.scan('p/'))).toEqual(['p/1=a', 'p/1/x=e', 'p/2=b']);
  });

  test('owners do not see each other', async () => {
    const storage = await open(newDirectory());
    await storage.client('a').write([put('k', 'a')]);
    await storage.client('b').write([put('k', 'b')]);
    expect(content(storage.client('a').scan(''))).toEqual(['k=a']);
    expect(content(storage.client('b').scan(''))).toEqual(['k=b']);
  });
});

describe('group commit', () => {
  test('writes that arrive together share one transaction', async () => {
    const storage = await open(newDirectory());
    const client = storage.client('a');
    await Promise.all(Array.from({ length: 50 }, (_, i) => client.write([put(`k${i}`, 'v')])));
    expect(storage.settings.measured('pitot_file_storage_commits_total', { extension: 'file_storage' })).toBe(1);
    expect([...client.scan('k')]).toHaveLength(50);
  });

  test('calls a function for its changes when the transaction begins', async () => {
    const client = (await open(newDirectory())).client('a');
    let value = 'early';
    const written = client.write(() => [put('k', value)]);
    value = 'late';
    await written;
    expect(content(client.scan(''))).toEqual(['k=late']);
  });

  test('shutdown writes what waits', async () => {
    const directory = newDirectory();
    const storage = await open(directory, { commit_interval: '10m' });
    const written = storage.client('a').write([put('k', 'v')]);
    await storage.shutdown();
    await written;
    expect(content((await open(directory)).client('a').scan(''))).toEqual(['k=v']);
  });

  test('size and commits are shown', async () => {
    const storage = await open(newDirectory());
    await storage.client('a').write([put('k', 'v')]);
    expect(storage.settings.measured('pitot_file_storage_size_bytes', { extension: 'file_storage' })).toBeGreaterThan(
      0,
    );
  });
});

describe('a full disk', () => {
  test('rejects the whole transaction, reports it, and recovers', async () => {
    const directory = newDirectory();
    const storage = await open(directory, { max_size_mib: 1 });
    const client = storage.client('a');
    const labels = { extension: 'file_storage' };
    await client.write([put('before', 'v')]);
    const tooMuch = Array.from({ length: 40 }, (_, i) => put(`big${i}`, 'x'.repeat(65_536)));
    await expect(client.write(tooMuch)).rejects.toThrow('full');
    expect(storage.failure).toContain('full');
    expect(storage.settings.measured('pitot_file_storage_failing', labels)).toBe(1);
    expect(content(client.scan(''))).toEqual(['before=v']);
    await client.write([put('after', 'v')]);
    expect(storage.failure).toBeUndefined();
    expect(storage.settings.measured('pitot_file_storage_commit_failures_total', labels)).toBe(1);
    expect(storage.settings.logged.map((line) => line.split(' {')[0])).toEqual([
      'error Storage write failed; changes stay in memory until a write succeeds',
      'info Storage writes succeed again',
    ]);
  });

  test('rejects every writer of the transaction', async () => {
    const storage = await open(newDirectory(), { max_size_mib: 1 });
    const results = await Promise.allSettled([
      storage.client('a').write([put('small', 'v')]),
      storage.client('b').write([put('big', 'x'.repeat(2 ** 21))]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(storage.client('a').read('small')).toBeUndefined();
  });
});

/** Runs as a user who may not write there. Root may write everywhere. */
async function withoutPermission<Result>(path: string, mode: number, run: () => Promise<Result>): Promise<Result> {
  const isRoot = process.geteuid?.() === 0;
  const { mode: before } = statSync(path);
  chmodSync(path, mode);
  if (isRoot) process.seteuid?.(65_534);
  try {
    return await run();
  } finally {
    if (isRoot) process.seteuid?.(0);
    chmodSync(path, before);
  }
}

/** Directories of their own need a parent that everyone may enter. */
function openDirectory(): string {
  const directory = newDirectory();
  chmodSync(directory, 0o755);
  return directory;
}

/** The user and group for whom `chown` is proposed. */
const owner = () => `${process.geteuid?.() === 0 ? 65_534 : process.geteuid?.()}:${process.getegid?.()}`;

describe('without permission to write', () => {
  test.each([
    ['of the directory', (directory: string) => directory, 0o555],
    ['of the file', (directory: string) => join(directory, 'file_storage.db'), 0o444],
    ['to read the directory', (directory: string) => directory, 0o000],
  ])('%s, the start fails and names the command that helps', async (_, pathOf, mode) => {
    const directory = openDirectory();
    await (await open(directory)).shutdown();
    chmodSync(join(directory, 'file_storage.db'), 0o666);
    chmodSync(directory, 0o777);
    await withoutPermission(pathOf(directory), mode, async () => {
      const user = owner().split(':')[0];
      await expect(open(directory)).rejects.toThrow(
        `cannot write to ${directory}: permission denied for user ${user}; run: chown -R ${owner()} ${directory}`,
      );
    });
    await open(directory);
  });

  test('a directory that does not exist is also created by that command', async () => {
    const parent = openDirectory();
    const directory = join(parent, 'a', 'b');
    await withoutPermission(parent, 0o555, async () => {
      await expect(open(directory, { create_directory: true })).rejects.toThrow(
        `run: mkdir -p ${directory} && chown -R ${owner()} ${directory}`,
      );
    });
  });

  test('an optional directory leaves the storage unavailable, with the same reason', async () => {
    const directory = openDirectory();
    await withoutPermission(directory, 0o555, async () => {
      const storage = await open('', { optional_directory: directory });
      expect(storage.unavailable).toContain(`cannot write to ${directory}: permission denied`);
      expect(storage.settings.logged).toEqual([]);
      await storage.shutdown();
    });
    const storage = await open('', { optional_directory: directory });
    expect([storage.unavailable, storage.location]).toEqual([undefined, join(directory, 'file_storage.db')]);
  });

  test('an optional directory that cannot exist leaves it unavailable, too', async () => {
    const file = join(newDirectory(), 'file');
    writeFileSync(file, '');
    const { unavailable } = await open('', { optional_directory: join(file, 'state'), create_directory: true });
    expect(unavailable).toContain(`cannot create directory ${file}/state`);
  });

  test('a requested directory takes precedence over the optional one', async () => {
    const [requested, optional] = [newDirectory(), newDirectory()];
    expect((await open(requested, { optional_directory: optional })).location).toContain(requested);
    expect(readdirSync(optional)).toEqual([]);
  });

  test('an optional file that is damaged is refused', async () => {
    const directory = newDirectory();
    writeFileSync(join(directory, 'file_storage.db'), 'text');
    await expect(open('', { optional_directory: directory })).rejects.toThrow('damaged or not a storage file');
  });
});

/** A small disk. Only root may mount one. */
function mountDisk(): { directory: string; fill(): void; clear(): void } | undefined {
  const directory = newDirectory();
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m,nr_inodes=20', 'tmpfs', directory]);
  if (status !== 0) return undefined;
  mounted.push(directory);
  const fillers: string[] = [];
  return {
    directory,
    fill() {
      try {
        for (;;) {
          const filler = join(directory, `filler${fillers.length}`);
          writeFileSync(filler, '');
          fillers.push(filler);
        }
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENOSPC' });
      }
    },
    clear() {
      for (const filler of fillers.splice(0)) rmSync(filler);
    },
  };
}
const mounted: string[] = [];
afterAll(() => {
  for (const directory of mounted) spawnSync('umount', ['-l', directory]);
});

const disk = mountDisk();

describe.skipIf(!disk)('a disk that is full at the start', () => {
  // The body runs also if it is skipped.
  const { directory, fill, clear } = disk ?? { directory: '', fill: () => {}, clear: () => {} };
  afterEach(async () => {
    for (const storage of opened.splice(0)) await storage.shutdown();
    clear();
    for (const file of readdirSync(directory)) rmSync(join(directory, file));
  });

  function prepare() {
    const settings = testSettings('file_storage');
    const storage = new FileStorage(configOf({ directory }), settings);
    opened.push(storage);
    const problems: (string | undefined)[] = [];
    return {
      settings,
      storage,
      problems,
      host: { ...noHost, reportStatus: (_: string, problem?: Error) => problems.push(problem?.message) },
    };
  }

  test('what is there is read, writes fail, and work as soon as there is space', async () => {
    const before = await open(directory);
    await before.client('a').write([put('k', 'old')]);
    await before.shutdown();
    const { settings, storage, problems, host } = prepare();
    fill();
    await storage.start(host);
    expect(content(storage.client('a').scan(''))).toEqual(['k=old']);
    await expect(storage.client('a').write([put('k', 'new')])).rejects.toThrow(join(directory, 'file_storage.db'));
    expect(settings.measured('pitot_file_storage_failing', { extension: 'file_storage' })).toBe(1);
    clear();
    settings.clock.advance(1_000);
    await storage.client('a').write([put('l', 'new')]);
    expect(content(storage.client('a').scan(''))).toEqual(['k=old', 'l=new']);
    expect(problems).toEqual([expect.stringContaining(directory), undefined]);
  });

  test('a new file is made as soon as that is possible', async () => {
    const { settings, storage } = prepare();
    fill();
    await storage.start(noHost);
    expect(content(storage.client('a').scan(''))).toEqual([]);
    await expect(storage.client('a').write([put('k', 'v')])).rejects.toThrow(directory);
    clear();
    settings.clock.advance(1_000);
    await storage.client('a').write([put('k', 'v')]);
    await storage.shutdown();
    expect(content((await open(directory)).client('a').scan(''))).toEqual(['k=v']);
  });

  test('does not change a file that another process created in the meantime', async () => {
    const { settings, storage } = prepare();
    fill();
    await storage.start(noHost);
    clear();
    const other = await open(directory);
    await other.client('a').write([put('k', 'theirs')]);
    await other.shutdown();
    settings.clock.advance(1_000);
    await expect(storage.client('a').write([put('k', 'ours')])).rejects.toThrow('modified by another process');
    expect(content((await open(directory)).client('a').scan(''))).toEqual(['k=theirs']);
  });

  test('an optional directory leaves the storage unavailable', async () => {
    fill();
    expect((await open('', { optional_directory: directory })).unavailable).toContain(directory);
  });
});

test('a slow disk gets a rest as long as a commit took', async () => {
  const settings = testSettings('file_storage');
  const client = (await open(newDirectory(), {}, settings)).client('a');
  const slow = () => {
    settings.clock.advance(300);
    return [put('k', 'v')];
  };
  await client.write(slow);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const written = client.write([put('k', 'w')]);
    vi.advanceTimersByTime(299);
    expect(content(client.scan(''))).toEqual(['k=v']);
    vi.advanceTimersByTime(1);
    await written;
    expect(content(client.scan(''))).toEqual(['k=w']);
  } finally {
    vi.useRealTimers();
  }
});

describe('what is refused', () => {
  test.each([
    ['text', 'not a database, but long enough to look like something that somebody wanted to keep'],
    ['no bytes', ''],
  ])('refuses a file of %s that pitot did not create, and does not change it', async (_, text) => {
    const directory = newDirectory();
    writeFileSync(fileIn(directory), text);
    await expect(open(directory)).rejects.toThrow(fileIn(directory));
    expect(readFileSync(fileIn(directory), 'utf8')).toBe(text);
  });

  test("another program's SQLite file", async () => {
    const directory = newDirectory();
    const other = new DatabaseSync(fileIn(directory));
    other.exec('CREATE TABLE t (x)');
    other.close();
    const before = readFileSync(fileIn(directory));
    await expect(open(directory)).rejects.toThrow(`${fileIn(directory)} was not created by pitot`);
    expect(readFileSync(fileIn(directory))).toEqual(before);
  });

  test('a layout of the future', async () => {
    const directory = newDirectory();
    await (await open(directory)).shutdown();
    const file = new DatabaseSync(fileIn(directory));
    file.exec('PRAGMA user_version = 99');
    file.close();
    await expect(open(directory)).rejects.toThrow('has storage format 99');
  });

  test('a torn file', async () => {
    const directory = newDirectory();
    const storage = await open(directory);
    await storage.client('a').write(Array.from({ length: 200 }, (_, i) => put(`k${i}`, 'x'.repeat(1000))));
    await storage.shutdown();
    truncateSync(fileIn(directory), 30_000);
    await expect(open(directory)).rejects.toThrow(`${fileIn(directory)} is damaged`);
    expect(readFileSync(fileIn(directory))).toHaveLength(30_000);
  });

  test('a file that another process uses', async () => {
    const directory = newDirectory();
    await open(directory);
    await expect(open(directory, { timeout: '10ms' })).rejects.toThrow('is in use by another process');
  });

  test('a directory that does not exist, unless it may be created', async () => {
    const missing = join(newDirectory(), 'a', 'b');
    await expect(open(missing, { create_directory: false })).rejects.toThrow(`directory must exist: ${missing}`);
    await open(missing, { create_directory: true });
    expect(readdirSync(missing)).toContain('file_storage.db');
  });

  test('a directory that can not be created, by name', async () => {
    const file = join(newDirectory(), 'file');
    writeFileSync(file, '');
    await expect(open(join(file, 'below'), { create_directory: true })).rejects.toThrow(
      `cannot create directory ${file}/below`,
    );
  });

  test.each([
    [{ directory: ' ' }, 'directory', 'must not be empty'],
    [{ directory_permissions: 'rwx' }, 'directory_permissions', 'must be three octal digits, such as 0750'],
    [{ commit_interval: '-1s' }, 'commit_interval', 'must not be negative'],
    [{ max_size_mib: -1 }, 'max_size_mib', 'must not be negative'],
  ])('the configuration %j', (raw, path, message) => {
    expect(validateConfig(fileStorageConfig, configOf(raw))).toMatchObject([{ path, message }]);
  });
});

test('a process that is killed while it writes leaves whole transactions behind', async () => {
  const directory = newDirectory();
  const source = new URL('file-storage.ts', import.meta.url).pathname;
  const config = configOf({ directory, commit_interval: '1ms' });
  // Each transaction writes the same number under two keys; acknowledged numbers are printed.
  const script = `
    import { FileStorage } from ${JSON.stringify(source)};
    const none = () => {};
    const metrics = { counter: () => ({ add: none }), gauge: none, histogram: () => ({ record: none }) };
    const settings = { id: 'file_storage', metrics, logger: { info: none, error: none }, clock: performance };
    settings.clock.monotonic = () => performance.now();
    const storage = new FileStorage(${JSON.stringify(config)}, settings);
    await storage.start({ fatal() {} });
    const client = storage.client('a');
    for (let i = 1; ; i++) {
      const value = Buffer.from(String(i));
      await client.write([{ put: 'x', value }, { put: 'y', value }]);
      process.stdout.write(i + '\\n');
      if (i === 40) process.kill(process.pid, 'SIGKILL');
    }`;
  const { stdout, signal } = spawnSync(process.execPath, ['--input-type=module', '-e', script]);
  expect(signal).toBe('SIGKILL');
  expect(stdout.toString().trim().split('\n').at(-1)).toBe('40');
  expect(content((await open(directory)).client('a').scan(''))).toEqual(['x=40', 'y=40']);
});
