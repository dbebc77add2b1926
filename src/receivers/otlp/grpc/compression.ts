import { Metadata, status } from '@grpc/grpc-js';
import { BaseServerInterceptingCall } from '@grpc/grpc-js/build/src/server-interceptors.js';
import { BodyError, tooLarge } from '#compression/body-error.ts';
import { decodeContent } from '../content-encoding.ts';

/** What this module uses of the library's class, which keeps it private. */
interface Decompressing {
  readonly maxReceiveMessageSize: number;
  decompressMessage(message: Buffer, encoding: string): Buffer | Promise<Buffer>;
}

/** Bytes before a message: whether it is compressed, and its length. */
const frameHeader = 5;

const encodings: ReadonlyMap<string, string> = new Map([
  ['gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['zstd', 'zstd'],
  ['snappy', 'x-snappy-framed'],
]);

/**
 * Lets the gRPC library decode what the collector decodes. It knows gzip and deflate only and has no way to add to them
 * (docs/adr/0007-decompression.md), so its method is replaced, once, by one that uses the codecs of OTLP over HTTP: bounded by
 * the message limit, in one pass.
 */
export function addGrpcCompressions(): void {
  const prototype = BaseServerInterceptingCall.prototype as unknown as Decompressing;
  prototype.decompressMessage = decompress;
}

async function decompress(this: Decompressing, message: Buffer, encoding: string): Promise<Buffer> {
  const content = message.subarray(frameHeader);
  if (message[0] === 0) return content;
  if (encoding === 'identity') {
    throw refusal(status.INTERNAL, 'grpc: compressed flag set with identity or empty encoding');
  }
  const codec = encodings.get(encoding);
  if (codec === undefined) {
    throw refusal(status.UNIMPLEMENTED, `grpc: Decompressor is not installed for grpc-encoding "${encoding}"`);
  }
  try {
    return await decodeContent(codec, content, this.maxReceiveMessageSize);
  } catch (error) {
    if (!(error instanceof BodyError)) throw error;
    if (error.message !== tooLarge)
      throw refusal(status.INTERNAL, `grpc: failed to decompress the message: ${error.message}`);
    const words = `grpc: received message after decompression larger than max ${this.maxReceiveMessageSize}`;
    throw refusal(status.RESOURCE_EXHAUSTED, words);
  }
}

function refusal(code: status, details: string): { code: status; details: string; metadata: Metadata } {
  return { code, details, metadata: new Metadata() };
}
