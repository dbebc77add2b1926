/** Length of the prefix of a gRPC message in bytes: one whether it is compressed, and four for its length. */
export const grpcPrefixLength = 5;

/** Returns a message with its prefix. */
export function grpcFrame(message: Uint8Array, isCompressed = false): Buffer {
  const frame = Buffer.alloc(grpcPrefixLength + message.length);
  frame[0] = isCompressed ? 1 : 0;
  frame.writeUInt32BE(message.length, 1);
  frame.set(message, grpcPrefixLength);
  return frame;
}
