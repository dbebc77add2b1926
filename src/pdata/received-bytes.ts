/** Larger requests are not kept: their memory is released as soon as they are decoded. */
const maxBytes = 256 * 1024;

/** By decoded request. Not a property, because a copy of the request with other content must not have it. */
const received = new WeakMap<object, Buffer>();

/**
 * Notes that `bytes` are an encoded form of `data`, so that an exporter can send them as they are. Only for a request from which nothing was
 * left out. The bytes must not change afterwards.
 */
export function keepReceivedBytes(data: object, bytes: Buffer): void {
  if (bytes.length < maxBytes) received.set(data, bytes);
}

/** Returns bytes that encode exactly `data`; undefined if it did not arrive in this form, or their memory was released. */
export function receivedBytes(data: object): Buffer | undefined {
  const bytes = received.get(data);
  // Bytes whose memory was released have no length, and a request with data has some.
  return bytes !== undefined && bytes.length > 0 ? bytes : undefined;
}
