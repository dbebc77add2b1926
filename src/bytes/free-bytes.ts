/**
 * Releases the memory of bytes that nothing else uses, earlier than the garbage collector would: it starts only after
 * buffers have grown by a large part of a container's memory. The bytes must not be used afterwards. Bytes that share
 * their memory with others, such as small buffers, are left to the collector.
 */
export function freeBytes({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength && byteLength >= worthFreeing) {
    buffer.transfer(0);
  }
}

/** Smaller buffers cost more to release than to collect. */
const worthFreeing = 16 * 1024;
