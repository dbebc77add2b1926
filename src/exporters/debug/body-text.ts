import type { ByteString } from '#bytes/utf8.ts';

/** Number of characters collected before they are encoded. Strings of this size are outside V8's large-object space. */
const pieceSize = 64 * 1024;
/** Number of characters after which writing a body pauses: some milliseconds. */
const sliceSize = 1024 * 1024;
/** Maximum bytes of a body. A longer body is not printed. */
const maxSize = 8 * 1024 * 1024;
/** Maximum bytes of the buffer that is kept. A larger one, needed for a very large body, is released. */
const keptSize = 4 * 1024 * 1024;

/**
 * The body of an entry while it is written. Texts are concatenated and encoded into one buffer that every body reuses.
 * This takes half the time of encoding one long string into a new buffer (bench/micro/debug.bench.ts).
 */
export class BodyText {
  #buffer = Buffer.allocUnsafeSlow(pieceSize);
  #length = 0;
  #text = '';
  #pauseAt = sliceSize;
  #dropped = 0;

  add(text: ByteString): void {
    this.#text += text;
    if (this.#text.length >= pieceSize) this.#encode();
  }

  /** Whether to pause now. True once for each slice. */
  isPauseDue(): boolean {
    if (this.#length < this.#pauseAt) return false;
    this.#pauseAt = this.#length + sliceSize;
    return true;
  }

  /** Whether the body is too long, so that writing can stop. */
  get isTooLong(): boolean {
    return this.#dropped > 0;
  }

  /**
   * Returns everything added since the last call, as bytes that are valid until the next `add`. If the body is too
   * long, returns the number of discarded bytes.
   */
  take(): Uint8Array | number {
    this.#encode();
    const result = this.isTooLong ? this.#dropped : this.#buffer.subarray(0, this.#length);
    this.#length = 0;
    this.#dropped = 0;
    this.#pauseAt = sliceSize;
    if (this.#buffer.length > keptSize) this.#buffer = Buffer.allocUnsafeSlow(pieceSize);
    return result;
  }

  #encode(): void {
    const needed = this.#length + this.#text.length;
    if (needed > maxSize || this.isTooLong) {
      this.#dropped += this.#length + this.#text.length;
      this.#length = 0;
      this.#text = '';
      return;
    }
    if (needed > this.#buffer.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    this.#length += this.#buffer.latin1Write(this.#text, this.#length);
    this.#text = '';
  }
}
