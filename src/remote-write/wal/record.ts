import { crc32 } from 'node:zlib';
import type { EncodedRequest, ProtocolVersion } from '#prometheus/remote-write/encode-requests.ts';

/*
 * A record on disk: length of the rest (4 bytes), CRC-32 of the rest (4), version (1), and four counts of 4 bytes each: series, samples,
 * histograms, exemplars; then the body. Numbers are little-endian.
 */

/** Bytes before the rest. */
export const prefixSize = 8;
const headSize = 17;
/** A longer record is taken for garbage. */
const maxRecordSize = 256 * 1024 * 1024;

const versions: readonly ProtocolVersion[] = ['1.0', '2.0'];

/** Returns a request as a record of the log: a prefix with length and checksum, then version, counts, and body. */
export function encodeRecord({ version, counts, body }: EncodedRequest): Buffer {
  const record = Buffer.allocUnsafe(prefixSize + headSize + body.length);
  record[prefixSize] = versions.indexOf(version);
  const { series, samples, histograms, exemplars } = counts;
  for (const [i, count] of [series, samples, histograms, exemplars].entries()) {
    record.writeUInt32LE(count, prefixSize + 1 + 4 * i);
  }
  body.copy(record, prefixSize + headSize);
  record.writeUInt32LE(record.length - prefixSize, 0);
  record.writeUInt32LE(crc32(record.subarray(prefixSize)), 4);
  return record;
}

/** Returns the length of the rest of a record that begins with `prefix`. Undefined if it cannot be one. */
export function restLength(prefix: Buffer): number | undefined {
  const length = prefix.readUInt32LE(0);
  return length < headSize || length > maxRecordSize ? undefined : length;
}

/** Decodes a record from its prefix and its rest. Undefined if its checksum is wrong. */
export function decodeRecord(prefix: Buffer, rest: Buffer): EncodedRequest | undefined {
  const version = versions[rest[0]!];
  if (prefix.readUInt32LE(4) !== crc32(rest) || version === undefined) return undefined;
  const count = (i: number) => rest.readUInt32LE(1 + 4 * i);
  const counts = { series: count(0), samples: count(1), histograms: count(2), exemplars: count(3) };
  return { version, counts, body: rest.subarray(headSize) };
}
