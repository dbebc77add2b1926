import { once } from 'node:events';
import { createReadStream, type ReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileReason } from '#client/file-reason.ts';
import { checksumOf } from '#extensions/file-storage/layout.ts';
import type { Snapshot, SnapshotEntry } from '#extensions/file-storage/snapshot.ts';

/** Name and version of the format, in its first line. */
const format = 'pitot snapshot';
const version = 1;

/** Yields the lines of an export: a head, one line for each intact entry, and the number of entries. */
export function* exportedLines({ owners, entries }: Snapshot, pitotVersion: string): Iterable<string> {
  yield `${JSON.stringify({ format, version, pitot: pitotVersion })}\n`;
  let count = 0;
  for (const owner of owners) {
    for (const { key, value } of entries(owner)) {
      count += 1;
      const base64 = Buffer.from(value).toString('base64');
      yield `${JSON.stringify({ owner, key, value: base64, crc32: checksumOf(owner, key, value) })}\n`;
    }
  }
  yield `${JSON.stringify({ entries: count })}\n`;
}

/**
 * Reads an export; `-` is standard input.
 * @throws Error that names the line if it is incomplete or differs from what was exported
 */
export async function readExport(path: string): Promise<SnapshotEntry[]> {
  const entries: SnapshotEntry[] = [];
  let number = 0;
  let end: number | undefined;
  const input = path === '-' ? process.stdin : await opened(path);
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    number += 1;
    const place = `${path}:${number}`;
    const entry = parsed(line, place);
    if (number === 1) checkHead(entry, path);
    else if (typeof entry.entries === 'number') end = entry.entries;
    else entries.push(entryIn(entry, place));
  }
  if (number === 0) throw new Error(`${path} is empty`);
  if (end !== entries.length) {
    throw new Error(
      `${path} is incomplete: it has ${entries.length} of ${end ?? 'an unknown number of'} entries; export again`,
    );
  }
  return entries;
}

async function opened(path: string): Promise<ReadStream> {
  const stream = createReadStream(path);
  try {
    await once(stream, 'ready');
    return stream;
  } catch (error) {
    throw new Error(`open ${path}: ${fileReason(error)}`);
  }
}

function parsed(line: string, place: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Reported below.
  }
  throw new Error(`${place}: the line is not a JSON object; is this the output of \`pitot snapshot export\`?`);
}

function checkHead(head: Record<string, unknown>, path: string): void {
  if (head.format !== format) throw new Error(`${path} is not the output of \`pitot snapshot export\``);
  if (head.version !== version) {
    throw new Error(
      `${path} has version ${String(head.version)} of the format, and this version of pitot reads ${version}`,
    );
  }
}

function entryIn({ owner, key, value, crc32 }: Record<string, unknown>, place: string): SnapshotEntry {
  if (typeof owner !== 'string' || typeof key !== 'string' || typeof value !== 'string') {
    throw new Error(`${place}: "owner", "key", and "value" must be texts`);
  }
  const bytes = Buffer.from(value, 'base64');
  if (checksumOf(owner, key, bytes) !== crc32) {
    throw new Error(`${place}: the checksum of ${key} of ${owner} does not match; export again`);
  }
  return { owner, key, value: bytes };
}
