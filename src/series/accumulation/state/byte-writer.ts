import { encodeUtf8 } from '#bytes/utf8.ts';

/** Writes numbers and texts in sequence; `ByteReader` reads them in the same order. Reused for each row. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(4096);
  #length = 0;

  /** Returns a copy of the bytes and empties the writer. */
  take(): Uint8Array {
    const bytes = Uint8Array.prototype.slice.call(this.#bytes, 0, this.#length);
    this.#length = 0;
    return bytes;
  }

  /** Writes a whole number from 0 to 2^53 − 1. Most counts are small: one byte below 128. */
  uint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** Writes a whole number whose double is below 2^53. */
  int(value: number): void {
    this.uint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** Writes the lowest 32 bits, in four bytes. */
  uint32(value: number): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeUInt32LE(value >>> 0, this.#length);
  }

  boolean(value: boolean): void {
    this.uint(value ? 1 : 0);
  }

  double(value: number): void {
    this.#reserve(8);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
  }

  /** Writes a number from −2^63 to 2^64 − 1. Only `ByteReader.uint64` can read numbers from 2^63. */
  uint64(value: bigint): void {
    this.#reserve(8);
    this.#length = this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, value), this.#length);
  }

  text(value: string): void {
    this.bytes(encodeUtf8(value));
  }

  bytes(value: Uint8Array): void {
    this.uint(value.length);
    this.#reserve(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** Writes the output of `write` after its length, so that a reader can skip it. */
  nested(write: () => void): void {
    this.#reserve(4);
    const at = this.#length;
    this.#length += 4;
    write();
    this.#bytes.writeUInt32LE(this.#length - at - 4, at);
  }

  /** Copies such data from a row. */
  nestedFrom(row: Uint8Array, start: number): void {
    // The length precedes the content.
    const length = new DataView(row.buffer, row.byteOffset).getUint32(start - 4, true);
    this.#reserve(4 + length);
    this.#bytes.set(row.subarray(start - 4, start + length), this.#length);
    this.#length += 4 + length;
  }

  doubles(values: readonly number[]): void {
    this.uint(values.length);
    for (const value of values) this.double(value);
  }

  /** Writes counts, each from 0 to 2^53 − 1. */
  uints(values: readonly number[]): void {
    this.uint(values.length);
    for (const value of values) this.uint(value);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.#length + count));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
