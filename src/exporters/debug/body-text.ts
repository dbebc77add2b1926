import type { ByteString } from '#bytes/utf8.ts';

/** Number of characters collected before they are encoded. Strings of this size stay out of V8's large-object space. */
const pieceSize = 64 * 1024;
/** Size in bytes above which a buffer is released after a very large body. */
const keptSize = 4 * 1024 * 1024;

/**
 * The body of an entry while it is written. Texts are concatenated and encoded into one buffer that every body reuses, which takes half
 * the time of encoding one long string into a new buffer (bench/micro/debug.bench.ts).
 */
export class BodyText {
  #buffer = Buffer.allocUnsafeSlow(pieceSize);
  #length = 0;
  #text = '';

  add(text: ByteString): void {
    this.#text += text;
    if (this.#text.length >= pieceSize) this.#encode();
  }

  /** Returns everything added since the last call as bytes, which are valid until the next `add`. */
  take(): Uint8Array {
    this.#encode();
    const bytes = this.#buffer.subarray(0, this.#length);
    this.#length = 0;
    if (this.#buffer.length > keptSize) this.#buffer = Buffer.allocUnsafeSlow(pieceSize);
    return bytes;
  }

  #encode(): void {
    const needed = this.#length + this.#text.length;
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    this.#length += this.#buffer.latin1Write(this.#text, this.#length);
    this.#text = '';
  }
}
