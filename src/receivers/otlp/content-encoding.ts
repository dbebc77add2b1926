import { background } from '#background/background.ts';
import { BodyError } from '#compression/body-error.ts';
import { decodeLz4Frames } from '#compression/lz4-frame.ts';
import { decodeSnappyBlock } from '#compression/snappy-block.ts';
import { decodeSnappyFramed, snappyStreamIdentifier } from '#compression/snappy-framed.ts';
import { decodeWithZlib } from '#compression/zlib-codecs.ts';

/** Decoding that would block the event loop. Call once, when there is space for the result. */
export type DeferredContent = () => Promise<Buffer>;

/** Maximum bytes of a body that is decoded immediately. Even its largest possible result takes a few milliseconds. */
const snappyAtOnce = 64 * 1024;
const lz4AtOnce = 16 * 1024;

/**
 * Decodes a request's Content-Encoding. Stops when the result exceeds `limit` bytes, and does not trust a declared
 * length. If decoding takes long, the result is a function that does it on another thread.
 * @param encoding one that the server has accepted; `''` and `identity` are none
 * @throws BodyError, also from the function
 */
export function decodeContent(encoding: string, body: Buffer, limit: number): Buffer | DeferredContent {
  switch (encoding) {
    case '':
    case 'identity':
      return body;
    case 'snappy': {
      const isFramed = body.subarray(0, snappyStreamIdentifier.length).equals(snappyStreamIdentifier);
      if (isFramed) return decodeContent('x-snappy-framed', body, limit);
      return body.length > snappyAtOnce
        ? () => background.run('snappyBlock', body, limit)
        : decodeSnappyBlock(body, limit);
    }
    case 'x-snappy-framed':
      return body.length > snappyAtOnce
        ? () => background.run('snappyFramed', body, limit)
        : decodeSnappyFramed(body, limit);
    case 'lz4':
      return body.length > lz4AtOnce ? () => background.run('lz4Frames', body, limit) : decodeLz4Frames(body, limit);
  }
  const decoded = decodeWithZlib(encoding, body, limit);
  if (decoded === undefined) throw new BodyError(`unsupported Content-Encoding: ${encoding}`);
  return decoded;
}
