import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { testSettings } from '../../../test/support/component-settings.ts';
import { RotatedFile } from './rotated-file.ts';

/** Opens a file for at most ten bytes that contains eight, in a directory of its own. */
async function nearlyFull() {
  const path = join(mkdtempSync(join(tmpdir(), 'pitot-rotated-')), 'folder', 'out.txt');
  mkdirSync(dirname(path));
  const limits = { maxBytes: 10, maxBackups: 0, maxDays: 0 };
  const { clock } = testSettings('file');
  const file = new RotatedFile({ path, continues: false, ...limits, isLocalTime: false, clock });
  await file.open();
  await file.write(Buffer.from('the past'));
  return { file, path };
}

test('a later write repeats a rotation that failed', async () => {
  const { file, path } = await nearlyFull();
  rmSync(dirname(path), { recursive: true });
  await expect(file.write(Buffer.from('refused'))).rejects.toThrow('ENOENT');
  mkdirSync(dirname(path));
  await file.write(Buffer.from('accepted'));
  await file.close();
  expect(readFileSync(path, 'utf8')).toBe('accepted');
});

test('a file that somebody removed is not renamed, and a new one begins', async () => {
  const { file, path } = await nearlyFull();
  rmSync(path);
  await file.write(Buffer.from('the next'));
  await file.close();
  expect(readdirSync(dirname(path))).toStrictEqual(['out.txt']);
  expect(readFileSync(path, 'utf8')).toBe('the next');
});

test('a closed file refuses to write, and is not opened again', async () => {
  const { file, path } = await nearlyFull();
  await file.close();
  await expect(file.write(Buffer.from('too late'))).rejects.toThrow('file is closed');
  expect(readFileSync(path, 'utf8')).toBe('the past');
});
