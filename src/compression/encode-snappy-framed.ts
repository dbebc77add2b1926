import { compress } from 'snappyjs';
import { crc32c } from './crc32c.ts';
import { snappyStreamIdentifier } from './snappy-framed.ts';

/** Maximum number of bytes in one chunk, before compression. */
const maxChunk = 65_536;

/** Encodes bytes in snappy's framing format. */
export function encodeSnappyFramed(bytes: Uint8Array): Buffer {
  const pieces: Uint8Array[] = [snappyStreamIdentifier];
  for (let from = 0; from < bytes.length; from += maxChunk) {
    const content = bytes.subarray(from, from + maxChunk);
    const compressed = compress(content);
    const head = Buffer.alloc(8);
    head.writeUIntLE(compressed.length + 4, 1, 3);
    head.writeUInt32LE(masked(crc32c(content)), 4);
    pieces.push(head, compressed);
  }
  return Buffer.concat(pieces);
}

/** Returns the stored form of a checksum, rotated and offset. */
function masked(checksum: number): number {
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282_ead8) >>> 0;
}
