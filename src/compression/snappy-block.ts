import { BodyError } from './body-error.ts';
import { copyMatch } from './copy-match.ts';

const corrupt = 'snappy: corrupt input';

/**
 * Maximum compression ratio: three bytes encode up to 64. A larger declared length is refused before memory is
 * allocated.
 */
const largestRatio = 64 / 2;

/**
 * Decodes a block in the snappy format.
 * @throws BodyError if the block is malformed or declares more than `limit` bytes
 */
export function decodeSnappyBlock(block: Buffer, limit: number): Buffer {
  const { value: size, end } = readLength(block);
  if (size > limit) throw new BodyError('snappy: decoded size exceeds max request body size');
  if (size > (block.length - end) * largestRatio) throw new BodyError(corrupt);
  const output = Buffer.allocUnsafe(size);
  decodeElements(block.subarray(end), output);
  return output;
}

/**
 * Returns the declared length of a block.
 * @throws BodyError
 */
export function snappyBlockLength(block: Buffer): number {
  return readLength(block).value;
}

function readLength(block: Buffer): { value: number; end: number } {
  let value = 0;
  for (let index = 0; index < 5; index += 1) {
    const byte = block[index];
    if (byte === undefined) break;
    value += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) {
      if (value > 0xffff_ffff) break;
      return { value, end: index + 1 };
    }
  }
  throw new BodyError(corrupt);
}

/** Decodes literals and copies until input and output end together. */
function decodeElements(input: Buffer, output: Buffer): void {
  const inputEnd = input.length;
  const outputEnd = output.length;
  let position = 0;
  let written = 0;
  while (position < inputEnd) {
    const tag = input[position]!;
    const kind = tag & 3;
    position += 1;
    if (kind === 0) {
      let length = (tag >>> 2) + 1;
      if (length > 60) {
        const bytes = length - 60;
        if (position + bytes > inputEnd) throw new BodyError(corrupt);
        length = input.readUIntLE(position, bytes) + 1;
        position += bytes;
      }
      if (length > inputEnd - position || length > outputEnd - written) throw new BodyError(corrupt);
      input.copy(output, written, position, position + length);
      position += length;
      written += length;
      continue;
    }
    const offsetBytes = kind === 1 ? 1 : kind === 2 ? 2 : 4;
    if (position + offsetBytes > inputEnd) throw new BodyError(corrupt);
    const length = kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
    const distance = input.readUIntLE(position, offsetBytes) + (kind === 1 ? (tag >>> 5) * 256 : 0);
    position += offsetBytes;
    if (distance === 0 || distance > written || length > outputEnd - written) throw new BodyError(corrupt);
    copyMatch(output, written, { distance, length });
    written += length;
  }
  if (written !== outputEnd) throw new BodyError(corrupt);
}
