import { background } from '#background/background.ts';
import { BodyError } from '#compression/body-error.ts';
import { decodeLz4Frames } from '#compression/lz4-frame.ts';
import { decodeSnappyBlock } from '#compression/snappy-block.ts';
import { decodeSnappyFramed, snappyStreamIdentifier } from '#compression/snappy-framed.ts';
import { decodeWithZlib } from '#compression/zlib-codecs.ts';

/** Decoding that would hold up the event loop; to be called once, when there is room for the result. */
export type DeferredContent = () => Promise<Buffer>;

/** Bytes up to which a body is decoded at once: what they can become at most takes a few milliseconds. */
const snappyAtOnce = 64 * 1024;
const lz4AtOnce = 16 * 1024;

/**
 * Undoes a request's Content-Encoding. Decoding stops as soon as the result would exceed `limit` bytes; no declared length is
 * trusted. What takes long is done on another thread: then the result is a function that does it.
 * @param encoding one that the server has accepted; `''` is none
 * @throws BodyError, also from the function
 */
export function decodeContent(encoding: string, body: Buffer, limit: number): Buffer | DeferredContent {
  switch (encoding) {
    case '':
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
