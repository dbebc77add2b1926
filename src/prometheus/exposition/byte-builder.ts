import type { ByteString } from '#bytes/utf8.ts';

/**
 * Bytes of a page. Most are ByteStrings to the end: a buffer for each piece of a large page would count as memory outside of the
 * heap, and V8 collects garbage for every 64 MB of that.
 */
export type ExpositionBytes = Buffer | ByteString;

export function toBuffer(bytes: ExpositionBytes): Buffer {
  return typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
}

/** A string never grows beyond this before it becomes bytes. */
const maxTextLength = 1024 * 1024;

/** Joins ByteStrings, which is cheapest; what grows too long for a string becomes bytes in large pieces. */
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

  /** Appends what the other has, which must not be used any more. */
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
