import type { ByteString } from '#bytes/utf8.ts';

/**
 * Bytes of a scrape response. Most remain ByteStrings until they are sent: one buffer per piece of a large response
 * would count as external memory, and V8 starts a garbage collection for every 64 MB of it.
 */
export type ExpositionBytes = Buffer | ByteString;

/** Returns the bytes as a buffer. A buffer is returned without a copy. */
export function toBuffer(bytes: ExpositionBytes): Buffer {
  return typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
}

/** Maximum length of a string before it is converted to bytes. */
const maxTextLength = 1024 * 1024;

/**
 * Joins ByteStrings, which is the cheapest way. Text that is too long for one string is converted to bytes in large
 * pieces.
 */
export class ByteBuilder {
  #text = '';
  #buffers: Buffer[] = [];
  #bufferedLength = 0;

  get length(): number {
    return this.#bufferedLength + this.#text.length;
  }

  append(text: string): void {
    if (this.#text.length + text.length > maxTextLength) this.#flush();
    this.#text += text;
  }

  /** Appends the content of `other`, which must not be used afterwards. */
  take(other: ByteBuilder): void {
    if (other.#buffers.length === 0) {
      this.append(other.#text);
      return;
    }
    this.#flush();
    for (const buffer of other.#buffers) this.#keep(buffer);
    this.#text = other.#text;
  }

  bytes(): ExpositionBytes {
    if (this.#buffers.length === 0) return this.#text;
    this.#flush();
    return Buffer.concat(this.#buffers);
  }

  #flush(): void {
    if (this.#text === '') return;
    this.#keep(Buffer.from(this.#text, 'latin1'));
    this.#text = '';
  }

  #keep(buffer: Buffer): void {
    this.#buffers.push(buffer);
    this.#bufferedLength += buffer.length;
  }
}
