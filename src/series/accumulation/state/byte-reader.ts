import { decodeUtf8 } from '#bytes/utf8.ts';

/**
 * Reads the data that a `ByteWriter` wrote.
 * @throws RangeError if the bytes end too early
 */
export class ByteReader {
  readonly #bytes: Buffer;
  #position: number;

  constructor(bytes: Uint8Array, position = 0) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#position = position;
  }

  get isAtEnd(): boolean {
    return this.#position === this.#bytes.length;
  }

  uint(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = this.#bytes.readUInt8(this.#position++);
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  int(): number {
    const value = this.uint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  boolean(): boolean {
    return this.uint() !== 0;
  }

  double(): number {
    const value = this.#bytes.readDoubleLE(this.#position);
    this.#position += 8;
    return value;
  }

  uint64(): bigint {
    const value = this.#bytes.readBigUInt64LE(this.#position);
    this.#position += 8;
    return value;
  }

  text(): string {
    const start = this.#skip(this.uint());
    return decodeUtf8(this.#bytes, start, this.#position);
  }

  bytes(): Uint8Array {
    const start = this.#skip(this.uint());
    return new Uint8Array(this.#bytes.subarray(start, this.#position));
  }

  /** Skips data that `ByteWriter.nested` wrote. Returns its position. */
  skipNested(): number {
    return this.#skip(this.uint32());
  }

  /** Same as a text with one character per byte. */
  nestedLatin1(): string {
    const start = this.skipNested();
    return this.#bytes.latin1Slice(start, this.#position);
  }

  uint32(): number {
    const value = this.#bytes.readUInt32LE(this.#position);
    this.#position += 4;
    return value;
  }

  doubles(): number[] {
    return this.#list(() => this.double());
  }

  uints(): number[] {
    return this.#list(() => this.uint());
  }

  #list(read: () => number): number[] {
    const values: number[] = [];
    for (let left = this.uint(); left > 0; left--) values.push(read());
    return values;
  }

  #skip(count: number): number {
    const start = this.#position;
    if (start + count > this.#bytes.length) throw new RangeError('the row ends too early');
    this.#position += count;
    return start;
  }
}
