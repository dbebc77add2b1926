/** Minimum number of bytes to transfer. Fewer bytes are copied, which costs nothing, and the caller keeps them. */
const worthMoving = 256 * 1024;

/**
 * Returns bytes that do not share their memory, so that they can be transferred to another thread: the same ones, or a
 * copy.
 */
export function ownedBytes(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength && bytes.byteLength >= worthMoving
    ? bytes
    : Uint8Array.from(bytes);
}
