import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { RetryableError } from '#component/errors.ts';
import type { EncodedRequest } from '#prometheus/remote-write/encode-requests.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { WalRequests } from './wal-requests.ts';

let directory: string;
const settings = testSettings();
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'pitot-wal-')), 'wal');
  settings.logged.length = 0;
});

async function opened(maxBytes = 1e9): Promise<WalRequests> {
  const wal = new WalRequests({ directory, maxBytes, logger: settings.logger });
  await wal.open();
  return wal;
}

function request(name: string, size = 0): EncodedRequest {
  const body = Buffer.concat([Buffer.from(name), Buffer.alloc(size)]);
  return { version: '2.0', body, counts: { series: 1, samples: 2, histograms: 3, exemplars: 4 } };
}

/** Removes and names the first `count` requests. */
async function taken(wal: WalRequests, count: number): Promise<(string | undefined)[]> {
  const names = [];
  for (let i = 0; i < count; i++) {
    const first = await wal.first();
    names.push(first?.body.toString().replaceAll('\0', ''));
    if (first !== undefined) await wal.remove();
  }
  return names;
}

it('returns requests in order, with version and counts', async () => {
  const wal = await opened();
  await wal.add([request('a'), request('b')]);
  expect(await wal.first()).toEqual(request('a'));
  expect(await wal.first()).toEqual(request('a'));
  expect(wal.size).toBe(2);
  expect(await taken(wal, 3)).toEqual(['a', 'b', undefined]);
  expect(wal.size).toBe(0);
  expect(wal.bytes).toBe(0);
  await wal.close();
});

it('continues after a process that did not close it, without requests that were sent', async () => {
  const before = await opened();
  await before.add([request('a'), request('b')]);
  await before.add([request('c')]);
  expect(await taken(before, 1)).toEqual(['a']);
  const after = await opened();
  await after.add([request('d')]);
  expect(await taken(after, 4)).toEqual(['b', 'c', 'd', undefined]);
  await before.close();
  await after.close();
  const third = await opened();
  expect(await taken(third, 1)).toEqual([undefined]);
  await third.close();
});

it('removes files whose requests are sent', async () => {
  const wal = await opened();
  for (let i = 0; i < 5; i++) await wal.add([request(`${i}`, 10 * 1024 * 1024)]);
  const files = () => readdirSync(directory).filter((name) => name.endsWith('.wal'));
  expect(files()).toHaveLength(3);
  expect(await taken(wal, 6)).toEqual(['0', '1', '2', '3', '4', undefined]);
  expect(files()).toHaveLength(1);
  await wal.close();
});

it('refuses requests above its limit, except the first', async () => {
  const wal = await opened(1_000);
  await wal.add([request('a', 2_000)]);
  await expect(wal.add([request('b')])).rejects.toBeInstanceOf(RetryableError);
  expect(await taken(wal, 2)).toEqual(['a', undefined]);
  await wal.add([request('b')]);
  expect(await taken(wal, 1)).toEqual(['b']);
  await wal.close();
});

it('continues after its directory was removed: nothing is lost, and what is added is on disk again', async () => {
  const wal = await opened();
  await wal.add([request('a'), request('b')]);
  rmSync(directory, { recursive: true });
  await wal.add([request('c')]);
  expect(settings.logged).toEqual([
    `error Write-ahead log was removed while pitot was using it; beginning another file {"directory":"${directory}"}`,
  ]);
  const [file] = readdirSync(directory).filter((name) => name.endsWith('.wal'));
  expect(readFileSync(join(directory, file!)).toString('latin1')).toMatch(/c$/);
  expect(await taken(wal, 3)).toEqual(['a', 'b', 'c']);
  await wal.add([request('d')]);
  expect(await taken(wal, 2)).toEqual(['d', undefined]);
  await wal.close();
});

it('skips a file that was removed before it was read', async () => {
  const before = await opened();
  await before.add([request('a')]);
  await before.close();
  const after = await opened();
  await after.add([request('b')]);
  for (const name of readdirSync(directory).filter((one) => one.startsWith('0000000001')))
    rmSync(join(directory, name));
  expect(await taken(after, 2)).toEqual(['b', undefined]);
  expect(settings.logged[0]).toMatch(/^error Damaged record in the write-ahead log/);
  await after.close();
});

it.each([
  ['a record that was not written completely', (path: string) => truncateSync(path, statSync(path).size - 1)],
  ['a changed byte', (path: string) => writeFileSync(path, changed(readFileSync(path)))],
  ['garbage', (path: string) => appendFileSync(path, Buffer.alloc(100, 0xff))],
])('continues after %s', async (_, damage) => {
  const before = await opened();
  await before.add([request('a'), request('b')]);
  await before.close();
  damage(join(directory, readdirSync(directory).filter((name) => name.endsWith('.wal'))[0]!));
  const after = await opened();
  await after.add([request('c')]);
  const names = await taken(after, 4);
  expect(names[0]).toBe('a');
  expect(names).toContain('c');
  expect(settings.logged[0]).toMatch(/^error Damaged record in the write-ahead log/);
  await after.close();
});

function changed(bytes: Buffer): Buffer {
  bytes[bytes.length - 1]! ^= 1;
  return bytes;
}
