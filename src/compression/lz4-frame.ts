import { BodyError } from './body-error.ts';
import { BoundedOutput } from './bounded-output.ts';
import { decodeLz4Block } from './lz4-block.ts';
import { xxhash32 } from './xxhash32.ts';

const frameMagic = 0x184d_2204;
/** First bits of the sixteen magic numbers that begin a skippable frame. The last four bits are arbitrary. */
const skippableMagic = 0x184d_2a5;
const uncompressedFlag = 0x8000_0000;

interface Frame {
  readonly areBlocksIndependent: boolean;
  readonly hasBlockChecksums: boolean;
  readonly hasContentChecksum: boolean;
  readonly maxBlockSize: number;
  /** Position of the first block. */
  readonly start: number;
}

/**
 * Decodes consecutive LZ4 frames. Verifies every checksum and does not trust declared sizes.
 * @throws BodyError
 */
export function decodeLz4Frames(stream: Buffer, limit: number): Buffer {
  const output = new BoundedOutput(limit, stream.length * 3);
  let position = 0;
  while (position < stream.length) {
    const magic = uint32(stream, position);
    if (magic >>> 4 === skippableMagic) {
      const size = uint32(stream, position + 4);
      if (position + 8 + size > stream.length) throw new BodyError('unexpected EOF');
      position += 8 + size;
    } else if (magic === frameMagic) {
      position = decodeFrame(stream, readHeader(stream, position + 4), output);
    } else {
      throw new BodyError('lz4: bad magic number');
    }
  }
  return output.result();
}

/** Reads the descriptor after the magic number. */
function readHeader(stream: Buffer, position: number): Frame {
  const flags = stream[position];
  const blockFlags = stream[position + 1];
  if (flags === undefined || blockFlags === undefined) throw new BodyError('unexpected EOF');
  if (flags >>> 6 !== 1) throw new BodyError('lz4: unsupported frame version');
  if (flags & 1) throw new BodyError('lz4: dictionaries are not supported');
  const sizeIndex = (blockFlags >>> 4) & 7;
  if (sizeIndex < 4) throw new BodyError('lz4: invalid block size');
  const end = position + 2 + (flags & 8 ? 8 : 0);
  const checksum = stream[end];
  if (checksum === undefined) throw new BodyError('unexpected EOF');
  if (((xxhash32(stream.subarray(position, end)) >>> 8) & 0xff) !== checksum) {
    throw new BodyError('lz4: invalid header checksum');
  }
  return {
    areBlocksIndependent: (flags & 0x20) !== 0,
    hasBlockChecksums: (flags & 0x10) !== 0,
    hasContentChecksum: (flags & 0x04) !== 0,
    maxBlockSize: 2 ** (8 + 2 * sizeIndex),
    start: end + 1,
  };
}

/** Decodes the blocks of a frame. Returns the position after it. */
function decodeFrame(stream: Buffer, frame: Frame, output: BoundedOutput): number {
  const frameStart = output.length;
  let position = frame.start;
  for (;;) {
    const header = uint32(stream, position);
    position += 4;
    if (header === 0) break;
    const end = position + (header >= uncompressedFlag ? header - uncompressedFlag : header);
    if (end > stream.length) throw new BodyError('unexpected EOF');
    const block = stream.subarray(position, end);
    if (block.length > frame.maxBlockSize) throw new BodyError('lz4: invalid block size');
    position = end;
    if (frame.hasBlockChecksums) {
      verify(stream, position, { of: block, words: 'lz4: invalid block checksum' });
      position += 4;
    }
    const historyStart = frame.areBlocksIndependent ? output.length : frameStart;
    if (header >= uncompressedFlag) output.append(block);
    else decodeLz4Block(block, output, { historyStart, maxSize: frame.maxBlockSize });
  }
  if (!frame.hasContentChecksum) return position;
  verify(stream, position, { of: output.result().subarray(frameStart), words: 'lz4: invalid frame checksum' });
  return position + 4;
}

function verify(stream: Buffer, position: number, { of, words }: { of: Buffer; words: string }): void {
  if (uint32(stream, position) !== xxhash32(of)) throw new BodyError(words);
}

function uint32(stream: Buffer, position: number): number {
  if (position + 4 > stream.length) throw new BodyError('unexpected EOF');
  return stream.readUInt32LE(position);
}
