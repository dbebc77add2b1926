import { promisify } from 'node:util';
import zlib from 'node:zlib';
import { type ExpositionBytes, toBuffer } from './byte-builder.ts';
import { combineCrc32 } from './crc32-combine.ts';
import type { ContentCoding } from './negotiate-compression.ts';

/** A part as it is sent, with what the page's end needs to know of it. */
export class CodedPart {
  readonly bytes: ExpositionBytes;
  /** Of the part before it was compressed; 0 where the coding does not need it. */
  readonly crc: number;
  readonly rawLength: number;

  constructor(bytes: ExpositionBytes, { crc, rawLength }: OutputChecksum) {
    this.bytes = bytes;
    this.crc = crc;
    this.rawLength = rawLength;
  }
}

/**
 * How a page is compressed part by part, so that parts that have not changed need not be compressed again: `begin`, the parts in
 * order, `end` of all parts. Together they are one well-formed body.
 */
export interface OutputCoding {
  readonly begin: ExpositionBytes;
  /** Compresses a part: at once when that is cheaper than asking another thread. */
  encode(raw: ExpositionBytes): CodedPart | Promise<CodedPart>;
  end(parts: OutputChecksum): ExpositionBytes;
}

/** The checksum and length of a page so far. */
export interface OutputChecksum {
  readonly crc: number;
  readonly rawLength: number;
}

export const emptySum: OutputChecksum = { crc: 0, rawLength: 0 };

/** The sum with one part more. */
export function addPart(sum: OutputChecksum, part: CodedPart): OutputChecksum {
  const crc = part.crc === 0 && sum.crc === 0 ? 0 : combineCrc32(sum.crc, part.crc, part.rawLength);
  return { crc, rawLength: sum.rawLength + part.rawLength };
}

/** Up to this many bytes are compressed on the spot. */
const maxSyncBytes = 16 * 1024;

const identity: OutputCoding = {
  begin: '',
  encode: (raw) => new CodedPart(raw, { crc: 0, rawLength: raw.length }),
  end: () => '',
};

const deflateRaw = promisify(zlib.deflateRaw) as (data: Buffer, options: zlib.ZlibOptions) => Promise<Buffer>;
const zstdCompress = promisify(zlib.zstdCompress) as (data: Buffer) => Promise<Buffer>;

/**
 * Pages are so repetitive that the lowest level gets nearly all there is (bench/micro/exposition.bench.ts). Each part ends at a byte
 * boundary and refers to nothing before it, so parts can stand side by side in one stream.
 */
const deflateOptions: zlib.ZlibOptions = { level: 1, finishFlush: zlib.constants.Z_SYNC_FLUSH, chunkSize: 64 * 1024 };

/** One gzip member for the whole page (RFC 1952): not every client reads a second one. */
const gzip: OutputCoding = {
  begin: Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 0xff]),
  encode(bytes) {
    const raw = toBuffer(bytes);
    const sum = { crc: zlib.crc32(raw), rawLength: raw.length };
    if (raw.length <= maxSyncBytes) return new CodedPart(zlib.deflateRawSync(raw, deflateOptions), sum);
    return deflateRaw(raw, deflateOptions).then((coded) => new CodedPart(coded, sum));
  },
  end({ crc, rawLength }) {
    // An empty last block, then the checksum and the length modulo 2^32.
    const end = Buffer.from([3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    end.writeUInt32LE(crc, 2);
    end.writeUInt32LE(rawLength % 2 ** 32, 6);
    return end;
  },
};

/** Frames one after the other are one stream (RFC 8878), and even an empty page has one. */
const zstd: OutputCoding = {
  begin: '',
  encode(bytes) {
    const raw = toBuffer(bytes);
    const sum = { crc: 0, rawLength: raw.length };
    if (raw.length <= maxSyncBytes) return new CodedPart(zlib.zstdCompressSync(raw), sum);
    return zstdCompress(raw).then((coded) => new CodedPart(coded, sum));
  },
  end: ({ rawLength }) => (rawLength === 0 ? zlib.zstdCompressSync(Buffer.alloc(0)) : ''),
};

export const outputCodings: Readonly<Record<ContentCoding, OutputCoding>> = { identity, gzip, zstd };
