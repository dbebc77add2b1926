import type { ByteString } from '#bytes/utf8.ts';

/** Characters that are gathered before they become bytes: pieces of this size stay out of the heap's space for large objects. */
const pieceSize = 64 * 1024;
/** A buffer that one very large body needed is given back above this size. */
const keptSize = 4 * 1024 * 1024;

/**
 * The body of an entry while it is written: texts are concatenated, and become bytes in one buffer that every body uses
 * again. Half as much work as one long string made into a buffer of its own (bench/micro/debug.bench.ts).
 */
export class BodyText {
  #buffer = Buffer.allocUnsafeSlow(pieceSize);
  #length = 0;
  #text = '';

  add(text: ByteString): void {
    this.#text += text;
    if (this.#text.length >= pieceSize) this.#encode();
  }

  /** Everything added since the last call, as bytes that are valid until the next `add`. */
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
