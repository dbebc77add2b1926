import type { ByteString } from '#bytes/utf8.ts';

/** Number of characters collected before they are encoded. Strings of this size stay out of V8's large-object space. */
const pieceSize = 64 * 1024;
/** Characters after which a body that is being written pauses: some milliseconds. */
const sliceSize = 1024 * 1024;
/** Bytes of a body, at most. One that becomes longer is not printed. */
const maxSize = 8 * 1024 * 1024;
/** A buffer that one very large body needed is given back above this size. */
const keptSize = 4 * 1024 * 1024;

/**
 * The body of an entry while it is written. Texts are concatenated and encoded into one buffer that every body reuses, which takes half
 * the time of encoding one long string into a new buffer (bench/micro/debug.bench.ts).
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

  /** Whether the body is too long: writing it further has no use. */
  get isTooLong(): boolean {
    return this.#dropped > 0;
  }

  /**
   * Everything added since the last call, as bytes that are valid until the next `add`. If it is too long, the number of bytes that
   * were written in vain.
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
