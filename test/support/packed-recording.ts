import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import type { RecordedRequest } from './recording.ts';

export const packedRecordings = ['airflow-2.11', 'airflow-2.11-flush', 'airflow-3.1', 'airflow-3.3-live'] as const;

export type PackedRecording = (typeof packedRecordings)[number];

/**
 * The requests of a recording that is kept in one file, `requests.zst`: Zstandard over the length of the index (4 bytes, little
 * endian), the index (a JSON line for each request), and the bodies one after the other.
 */
export function readPackedRequests(name: PackedRecording): RecordedRequest[] {
  const file = join(import.meta.dirname, '../fixtures/recordings', name, 'requests.zst');
  const raw = zstdDecompressSync(readFileSync(file));
  const indexBytes = raw.readUInt32LE(0);
  const lines = raw.toString('utf8', 4, 4 + indexBytes).split('\n');
  let at = 4 + indexBytes;
  return lines.map((line) => {
    const { bytes, ...request } = JSON.parse(line);
    at += bytes;
    return { ...request, body: raw.subarray(at - bytes, at) };
  });
}
