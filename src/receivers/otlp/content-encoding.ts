import { BodyError } from '#compression/body-error.ts';
import { decodeLz4Frames } from '#compression/lz4-frame.ts';
import { decodeSnappyBlock } from '#compression/snappy-block.ts';
import { decodeSnappyFramed, snappyStreamIdentifier } from '#compression/snappy-framed.ts';
import { decodeWithZlib } from '#compression/zlib-codecs.ts';

/**
 * Undoes a request's Content-Encoding (behaviour.md §2.5). Decoding stops as soon as the result would exceed `limit` bytes;
 * no declared length is trusted. Large bodies are decoded on another thread and come as a promise.
 * @param encoding one that the server has accepted; `''` is none
 * @throws BodyError, or the promise rejects with it
 */
export function decodeContent(encoding: string, body: Buffer, limit: number): Buffer | Promise<Buffer> {
  if (encoding === '') return body;
  if (encoding === 'snappy') {
    const isFramed = body.subarray(0, snappyStreamIdentifier.length).equals(snappyStreamIdentifier);
    return isFramed ? decodeSnappyFramed(body, limit) : decodeSnappyBlock(body, limit);
  }
  if (encoding === 'x-snappy-framed') return decodeSnappyFramed(body, limit);
  if (encoding === 'lz4') return decodeLz4Frames(body, limit);
  const decoded = decodeWithZlib(encoding, body, limit);
  if (decoded === undefined) throw new BodyError(`unsupported Content-Encoding: ${encoding}`);
  return decoded;
}
