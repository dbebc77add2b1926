import { BodyError } from './body-error.ts';
import type { BoundedOutput } from './bounded-output.ts';
import { copyMatch } from './copy-match.ts';

const corrupt = 'lz4: invalid source or destination buffer too short';

/** Minimum length of a match. */
const shortestMatch = 4;

/**
 * Decodes one LZ4 block and appends it to the output. Matches can refer to earlier bytes of the output.
 * @param historyStart position in the output before which no match may begin
 * @param maxSize maximum number of decoded bytes that the frame allows in a block
 * @throws BodyError
 */
export function decodeLz4Block(
  block: Buffer,
  output: BoundedOutput,
  bounds: { readonly historyStart: number; readonly maxSize: number },
): void {
  const end = block.length;
  const last = output.length + bounds.maxSize;
  let position = 0;
  const readRest = (length: number): number => {
    let total = length;
    let byte = 255;
    while (byte === 255) {
      if (position >= end) throw new BodyError(corrupt);
      byte = block[position]!;
      position += 1;
      total += byte;
    }
    return total;
  };
  while (position < end) {
    const token = block[position]!;
    position += 1;
    let literals = token >>> 4;
    if (literals === 15) literals = readRest(15);
    if (literals > end - position || output.length + literals > last) throw new BodyError(corrupt);
    output.reserve(literals);
    block.copy(output.bytes, output.length, position, position + literals);
    output.length += literals;
    position += literals;
    if (position === end) return;
    if (position + 2 > end) throw new BodyError(corrupt);
    const distance = block.readUInt16LE(position);
    position += 2;
    const length = shortestMatch + ((token & 15) === 15 ? readRest(15) : token & 15);
    if (distance === 0 || distance > output.length - bounds.historyStart || output.length + length > last) {
      throw new BodyError(corrupt);
    }
    output.reserve(length);
    copyMatch(output.bytes, output.length, { distance, length });
    output.length += length;
  }
  throw new BodyError(corrupt);
}
