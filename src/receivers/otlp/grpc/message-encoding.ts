import { rpcCode } from '#component/rpc-codes.ts';
import { BodyError, tooLarge } from '#compression/body-error.ts';
import { RpcError } from '#grpc-server/rpc-error.ts';
import { decodeContent } from '../content-encoding.ts';

/** gRPC names of the codecs for OTLP over HTTP. */
const encodings: ReadonlyMap<string, string> = new Map([
  ['gzip', 'gzip'],
  ['deflate', 'deflate'],
  ['zstd', 'zstd'],
  ['snappy', 'x-snappy-framed'],
]);

/**
 * Decodes a message that is flagged as compressed; see `decodeContent`.
 * @param encoding the call's `grpc-encoding`
 * @throws RpcError with the Collector's status, also from the function
 */
export function decodeMessage(message: Buffer, encoding: string, limit: number): Buffer | (() => Promise<Buffer>) {
  if (encoding === '' || encoding === 'identity') {
    throw new RpcError(rpcCode.internal, 'grpc: compressed flag set with identity or empty encoding');
  }
  const codec = encodings.get(encoding);
  if (codec === undefined) {
    throw new RpcError(
      rpcCode.unimplemented,
      `grpc: Decompressor is not installed for grpc-encoding ${JSON.stringify(encoding)}`,
    );
  }
  try {
    const decoded = decodeContent(codec, message, limit);
    if (typeof decoded !== 'function') return decoded;
    return () =>
      decoded().catch((error: unknown) => {
        throw refusal(error, limit);
      });
  } catch (error) {
    throw refusal(error, limit);
  }
}

function refusal(error: unknown, limit: number): unknown {
  if (!(error instanceof BodyError)) return error;
  return error.message === tooLarge
    ? new RpcError(
        rpcCode.resourceExhausted,
        `grpc: received message after decompression larger than max ${limit}`,
        error,
      )
    : new RpcError(rpcCode.internal, `grpc: failed to decompress the message: ${error.message}`, error);
}
