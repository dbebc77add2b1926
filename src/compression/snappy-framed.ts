import { BodyError, tooLarge } from './body-error.ts';
import { BoundedOutput } from './bounded-output.ts';
import { crc32c } from './crc32c.ts';
import { decodeSnappyBlock, snappyBlockLength } from './snappy-block.ts';

/** First bytes of every framed stream. */
export const snappyStreamIdentifier = Buffer.from([0xff, 6, 0, 0, ...Buffer.from('sNaPpY')]);

/** Maximum number of decoded bytes in one chunk. */
const maxChunk = 65_536;
const corrupt = 'snappy: corrupt input';

/**
 * Decodes a stream in snappy's framing format and verifies checksums.
 * @throws BodyError
 */
export function decodeSnappyFramed(stream: Buffer, limit: number): Buffer {
  const output = new BoundedOutput(limit, stream.length * 3);
  let position = 0;
  while (position < stream.length) {
    if (position + 4 > stream.length) throw new BodyError(corrupt);
    const kind = stream[position]!;
    const end = position + 4 + stream.readUIntLE(position + 1, 3);
    if (position === 0 && kind !== 0xff) throw new BodyError(corrupt);
    if (kind > 1 && kind < 0x80) throw new BodyError('snappy: unsupported input');
    if (end > stream.length) throw new BodyError(corrupt);
    const chunk = stream.subarray(position + 4, end);
    if (kind <= 1) decodeChunk({ chunk, isCompressed: kind === 0 }, output);
    else if (kind === 0xff) {
      if (!chunk.equals(snappyStreamIdentifier.subarray(4))) throw new BodyError(corrupt);
    }
    position = end;
  }
  return output.result();
}

function decodeChunk(framed: { chunk: Buffer; isCompressed: boolean }, output: BoundedOutput): void {
  const { chunk, isCompressed } = framed;
  if (chunk.length < 4) throw new BodyError(corrupt);
  const content = chunk.subarray(4);
  const size = isCompressed ? snappyBlockLength(content) : content.length;
  if (size > maxChunk) throw new BodyError(corrupt);
  if (size > output.room) throw new BodyError(tooLarge);
  const decoded = isCompressed ? decodeSnappyBlock(content, maxChunk) : content;
  if (unmasked(chunk.readUInt32LE(0)) !== crc32c(decoded)) throw new BodyError(corrupt);
  output.append(decoded);
}

/** Returns the checksum from its stored form, which is rotated and offset. */
function unmasked(checksum: number): number {
  const rotated = (checksum - 0xa282_ead8) >>> 0;
  return ((rotated >>> 17) | (rotated << 15)) >>> 0;
}
