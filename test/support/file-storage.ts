import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Host } from '#component/component.ts';
import type { StorageChange } from '#component/extension.ts';
import { parseConfig } from '#config/schema.ts';
import { type FileStorageConfig, fileStorageConfig } from '#extensions/file-storage/config.ts';
import { FileStorage } from '#extensions/file-storage/file-storage.ts';
import { testSettings } from './component-settings.ts';

export const newDirectory = () => mkdtempSync(join(tmpdir(), 'pitot-storage-'));

export const fileIn = (directory: string) => join(directory, 'file_storage.db');

export function storageConfigOf(raw: object): FileStorageConfig {
  const parsed = parseConfig(fileStorageConfig, raw);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}

/** A storage that records the problems it reports, and is shut down after the test. */
export async function openStorage(directory: string, raw: object = {}, settings = testSettings('file_storage')) {
  const storage = new FileStorage(storageConfigOf({ directory, ...raw }), settings);
  const problems: (string | undefined)[] = [];
  const host: Host = {
    extension: () => undefined,
    fatal: () => {},
    reportStatus: (_, problem) => problems.push(problem?.message),
  };
  onTestFinished(() => storage.shutdown());
  await storage.start(host);
  return Object.assign(storage, { settings, problems });
}

export const put = (key: string, text: string): StorageChange => ({ put: key, value: Buffer.from(text) });

/** Entries as `key=text`. */
export const content = (entries: Iterable<readonly [string, Uint8Array]>) =>
  [...entries].map(([key, value]) => `${key}=${Buffer.from(value)}`);
