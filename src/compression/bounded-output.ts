import { BodyError, tooLarge } from './body-error.ts';

/** A growing buffer for decoded bytes that never exceeds a limit. */
export class BoundedOutput {
  /** `bytes.subarray(0, length)` contains the bytes so far. Decoders write behind them after `reserve`. */
  bytes: Buffer;
  length = 0;
  readonly #limit: number;

  constructor(limit: number, expected: number) {
    this.#limit = limit;
    this.bytes = Buffer.allocUnsafe(Math.min(Math.max(expected, 1024), limit));
  }

  /** Number of bytes that can still be written. */
  get room(): number {
    return this.#limit - this.length;
  }

  /**
   * Makes space for `more` bytes.
   * @throws BodyError if they would exceed the limit
   */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed > this.#limit) throw new BodyError(tooLarge);
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.min(Math.max(needed, this.bytes.length * 2), this.#limit));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }

  append(chunk: Buffer): void {
    this.reserve(chunk.length);
    chunk.copy(this.bytes, this.length);
    this.length += chunk.length;
  }

  result(): Buffer {
    return this.bytes.subarray(0, this.length);
  }
}
