import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { freeBytes } from '#bytes/free-bytes.ts';
import { type ExpositionBytes, toBuffer } from './byte-builder.ts';
import { combineCrc32 } from './crc32-combine.ts';
import type { ContentCoding } from './negotiate-compression.ts';

/** An encoded part, with the data that the end of the response needs. */
export class CodedPart {
  readonly bytes: ExpositionBytes;
  /** CRC-32 of the part before compression, or 0 if the coding does not need it. */
  readonly crc: number;
  readonly rawLength: number;

  constructor(bytes: ExpositionBytes, { crc, rawLength }: OutputChecksum) {
    this.bytes = bytes;
    this.crc = crc;
    this.rawLength = rawLength;
  }
}

/**
 * Compresses a response part by part, so that unchanged parts are not compressed again. `begin`, the parts in order,
 * and `end` together are one well-formed body.
 */
export interface OutputCoding {
  readonly begin: ExpositionBytes;
  /**
   * Compresses a part, synchronously if that is cheaper than using another thread. Releases the bytes, which must not be
   * used afterwards.
   */
  encode(raw: ExpositionBytes): CodedPart | Promise<CodedPart>;
  end(parts: OutputChecksum): ExpositionBytes;
}

/** The checksum and length of the response so far. */
export interface OutputChecksum {
  readonly crc: number;
  readonly rawLength: number;
}

export const emptySum: OutputChecksum = { crc: 0, rawLength: 0 };

/** Returns the sum including one more part. */
export function addPart(sum: OutputChecksum, part: CodedPart): OutputChecksum {
  const crc = part.crc === 0 && sum.crc === 0 ? 0 : combineCrc32(sum.crc, part.crc, part.rawLength);
  return { crc, rawLength: sum.rawLength + part.rawLength };
}

/** Maximum bytes to compress synchronously. */
const maxSyncBytes = 16 * 1024;

const identity: OutputCoding = {
  begin: '',
  encode: (raw) => new CodedPart(raw, { crc: 0, rawLength: raw.length }),
  end: () => '',
};

const deflateRaw = promisify(zlib.deflateRaw) as (data: Buffer, options: zlib.ZlibOptions) => Promise<Buffer>;
const zstdCompress = promisify(zlib.zstdCompress) as (data: Buffer) => Promise<Buffer>;

/**
 * Responses are so repetitive that the lowest level achieves nearly the best ratio (bench/micro/exposition.bench.ts).
 * Each part ends at a byte boundary and does not refer to earlier data, so parts can be concatenated in one stream. The
 * output is a view of a buffer of `chunkSize`, which a cached part keeps in memory.
 */
function deflateOptionsFor({ length }: Buffer): zlib.ZlibOptions {
  const chunkSize = Math.min(Math.max(length >>> 3, 1024), 64 * 1024);
  return { level: 1, finishFlush: zlib.constants.Z_SYNC_FLUSH, chunkSize };
}

/** Returns the part when it is compressed. The buffers of a large response would otherwise be garbage of its size. */
async function codedLater(raw: Buffer, sum: OutputChecksum, compressed: Promise<Buffer>): Promise<CodedPart> {
  const coded = await compressed;
  freeBytes(raw);
  return new CodedPart(coded, sum);
}

/** One gzip member for the whole response (RFC 1952), because not every client reads a second one. */
const gzip: OutputCoding = {
  begin: Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 0xff]),
  encode(bytes) {
    const raw = toBuffer(bytes);
    const sum = { crc: zlib.crc32(raw), rawLength: raw.length };
    if (raw.length <= maxSyncBytes) return new CodedPart(zlib.deflateRawSync(raw, deflateOptionsFor(raw)), sum);
    return codedLater(raw, sum, deflateRaw(raw, deflateOptionsFor(raw)));
  },
  end({ crc, rawLength }) {
    // An empty last block, then the checksum and the length modulo 2^32.
    const end = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    end.writeUInt32LE(crc, 2);
    end.writeUInt32LE(rawLength % 2 ** 32, 6);
    return end;
  },
};

/** Concatenated frames are one stream (RFC 8878). Even an empty response needs one frame. */
const zstd: OutputCoding = {
  begin: '',
  encode(bytes) {
    const raw = toBuffer(bytes);
    const sum = { crc: 0, rawLength: raw.length };
    if (raw.length <= maxSyncBytes) return new CodedPart(zlib.zstdCompressSync(raw), sum);
    return codedLater(raw, sum, zstdCompress(raw));
  },
  end: ({ rawLength }) => (rawLength === 0 ? zlib.zstdCompressSync(Buffer.alloc(0)) : ''),
};

export const outputCodings: Readonly<Record<ContentCoding, OutputCoding>> = { identity, gzip, zstd };
