import zlib from 'node:zlib';
import { BodyError, tooLarge } from './body-error.ts';

/** Result of Node.js with `info: true`. */
interface Decoded {
  readonly buffer: Buffer;
  /** `bytesWritten`: number of input bytes that were read. */
  readonly engine: { readonly bytesWritten: number };
}

interface Settings {
  readonly info: true;
  readonly maxOutputLength: number;
  readonly chunkSize: number;
  readonly params?: Readonly<Record<number, number>>;
}

interface ZlibCodec {
  decode(body: Buffer, settings: Settings): Decoded;
  decodeLater(body: Buffer, settings: Settings, callback: (error: Error | null, result: unknown) => void): void;
  /** The Collector's message for an invalid header. */
  readonly invalidHeader: string;
  /** Whether to refuse bytes after the end that do not begin another member. Otherwise they are ignored. */
  readonly refusesTrailingBytes: boolean;
  /** Whether the body declares how much memory its decoder needs. */
  readonly hasWindow?: boolean;
  /** Bytes of the shortest header. */
  readonly headerSize?: number;
}

const zlibCodec: ZlibCodec = {
  decode: (body, settings) => zlib.inflateSync(body, settings) as unknown as Decoded,
  decodeLater: (body, settings, callback) => zlib.inflate(body, settings, callback),
  invalidHeader: 'zlib: invalid header',
  refusesTrailingBytes: false,
};

const codecs: ReadonlyMap<string, ZlibCodec> = new Map([
  [
    'gzip',
    {
      decode: (body: Buffer, settings: Settings) => zlib.gunzipSync(body, settings) as unknown as Decoded,
      decodeLater: (body, settings, callback) => zlib.gunzip(body, settings, callback),
      invalidHeader: 'gzip: invalid header',
      refusesTrailingBytes: true,
      headerSize: 10,
    },
  ],
  [
    'zstd',
    {
      decode: (body: Buffer, settings: Settings) => zlib.zstdDecompressSync(body, settings) as unknown as Decoded,
      decodeLater: (body, settings, callback) => zlib.zstdDecompress(body, settings, callback),
      invalidHeader: 'invalid input: magic number mismatch',
      refusesTrailingBytes: true,
      hasWindow: true,
      headerSize: 4,
    },
  ],
  ['zlib', zlibCodec],
  ['deflate', zlibCodec],
]);

/**
 * Size from which a body, which takes more than a millisecond to decode, is decoded on another thread. This takes up to
 * twice the CPU time, and sixteen times as much for a body of 1 KiB (docs/adr/0013-one-event-loop.md).
 */
const backgroundSize = 128 * 1024;
/**
 * Maximum decoded size of a smaller body that is decoded immediately. A body that exceeds it is decoded again on
 * another thread.
 */
const maxAtOnce = 1024 * 1024;

/**
 * Decodes gzip, zlib, deflate (the same), or zstd. Undefined for another encoding. If decoding takes long, the result
 * is a function that does it on another thread.
 * @throws BodyError, also from the function, if the body is malformed or its decoded size exceeds `limit` bytes
 */
export function decodeWithZlib(
  encoding: string,
  body: Buffer,
  limit: number,
): Buffer | (() => Promise<Buffer>) | undefined {
  const codec = codecs.get(encoding);
  if (!codec) return undefined;
  if (body.length === 0) {
    if (encoding === 'zstd') return body;
    throw new BodyError(encoding === 'gzip' ? 'EOF' : 'unexpected EOF');
  }
  if (body.length < (codec.headerSize ?? 0)) throw new BodyError('unexpected EOF');
  const later = () => decodeLater(codec, body, limit);
  if (body.length >= backgroundSize) return later;
  try {
    return checked(
      codec,
      body,
      codec.decode(body, settingsFor(codec, body, { maxOutput: Math.min(limit, maxAtOnce), limit })),
    );
  } catch (error) {
    if (error instanceof BodyError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' && limit > maxAtOnce) return later;
    throw bodyError(codec, error as Error);
  }
}

function decodeLater(codec: ZlibCodec, body: Buffer, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    codec.decodeLater(body, settingsFor(codec, body, { maxOutput: limit, limit }), (error, decoded) => {
      try {
        if (error) throw bodyError(codec, error);
        resolve(checked(codec, body, decoded as Decoded));
      } catch (problem) {
        reject(problem);
      }
    });
  });
}

function settingsFor(codec: ZlibCodec, body: Buffer, { maxOutput, limit }: Bounds): Settings {
  const chunkSize = Math.min(Math.max(body.length * 4, 1024), 1024 * 1024);
  const params = codec.hasWindow ? { params: { [zlib.constants.ZSTD_d_windowLogMax]: windowLog(limit) } } : {};
  return { info: true, maxOutputLength: maxOutput, chunkSize, ...params };
}

interface Bounds {
  readonly maxOutput: number;
  /** Maximum size of a decoded body, which may be more than `maxOutput` of a first attempt. */
  readonly limit: number;
}

/** Window of encoders with default settings, 8 MiB. A larger window is allowed only for a larger limit than the default. */
const defaultWindowLog = 23;
const defaultLimit = 20 * 1024 * 1024;
/** Same as in the Collector, 512 MiB. */
const maxWindowLog = 29;

function windowLog(limit: number): number {
  return limit > defaultLimit ? Math.min(Math.floor(Math.log2(limit)), maxWindowLog) : defaultWindowLog;
}

function checked(codec: ZlibCodec, body: Buffer, { buffer, engine }: Decoded): Buffer {
  if (codec.refusesTrailingBytes && engine.bytesWritten < body.length) throw new BodyError(codec.invalidHeader);
  return buffer;
}

function bodyError(codec: ZlibCodec, error: NodeJS.ErrnoException): BodyError {
  const { code, message } = error;
  if (code === 'ERR_BUFFER_TOO_LARGE') return new BodyError(tooLarge);
  if (code === 'Z_BUF_ERROR') return new BodyError('unexpected EOF');
  if (code === 'ZSTD_error_frameParameter_windowTooLarge') return new BodyError('window size exceeded');
  const isHeader = message === 'incorrect header check' || message === 'unknown compression method';
  if (isHeader || code === 'ZSTD_error_prefix_unknown') {
    return new BodyError(codec.invalidHeader);
  }
  const family = codec.invalidHeader.split(':')[0];
  if (message === 'incorrect data check') return new BodyError(`${family}: invalid checksum`);
  return new BodyError(message);
}
