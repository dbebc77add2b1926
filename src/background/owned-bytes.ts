/** Smaller bytes are copied: that costs nothing, and the caller keeps them. */
const worthMoving = 256 * 1024;

/** Bytes that are alone in their memory, which can therefore be handed over to another thread: the same ones, or a copy. */
export function ownedBytes(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength && bytes.byteLength >= worthMoving
    ? bytes
    : Uint8Array.from(bytes);
}
