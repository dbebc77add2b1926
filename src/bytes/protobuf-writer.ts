import { type ByteString, encodeUtf8 } from './utf8.ts';

/** Wire types of protobuf. */
export const wireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** Writes the protobuf wire format into a growing buffer. Writes every field it receives, including default values. */
export class ProtobufWriter {
  #bytes: Buffer;
  #length = 0;

  constructor(expectedBytes: number) {
    this.#bytes = Buffer.allocUnsafe(Math.max(expectedBytes, 64));
  }

  /** Returns the written bytes, a view of the writer's buffer. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Number of bytes written. */
  get length(): number {
    return this.#length;
  }

  tag(field: number, type: number): void {
    this.varint(field * 8 + type);
  }

  /** Writes a whole number from 0 to 2^53-1. */
  varint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  /** Writes a whole number of 64 bits; negative ones as two's complement. */
  varint64(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    this.#reserve(10);
    while (rest >= 0x80n) {
      this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest);
  }

  fixed32(value: number): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeUInt32LE(value, this.#length);
  }

  fixed64(value: bigint): void {
    this.#reserve(8);
    this.#length = this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, value), this.#length);
  }

  double(value: number): void {
    this.#reserve(8);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
  }

  /** Writes the length of `value` and its bytes. */
  bytes(value: Buffer): void {
    this.varint(value.length);
    this.raw(value);
  }

  /** Writes bytes that are already encoded. */
  raw(value: Buffer): void {
    this.#reserve(value.length);
    this.#length += value.copy(this.#bytes, this.#length);
  }

  /** Writes the length of a text in UTF-8 and its bytes. Restores bytes that `decodeUtf8` escaped. */
  text(value: string): void {
    if (!value.isWellFormed()) {
      this.bytes(encodeUtf8(value));
      return;
    }
    const { length } = value;
    // The length in bytes is known only afterwards; it needs one byte if even the longest encoding is short.
    if (length * 3 < 0x80) {
      this.#reserve(1 + length * 3);
      const written = this.#bytes.utf8Write(value, this.#length + 1);
      this.#bytes[this.#length] = written;
      this.#length += 1 + written;
      return;
    }
    const bytes = Buffer.byteLength(value);
    this.varint(bytes);
    this.#reserve(bytes);
    this.#length += this.#bytes.utf8Write(value, this.#length);
  }

  /** Writes a whole number from 0 to 2^64 as 8 bytes. 2^64 is the float64 of numbers close to the largest one, and becomes that. */
  fixed64Number(value: number): void {
    this.#reserve(8);
    const high = Math.min(Math.floor(value / 2 ** 32), 0xffff_ffff);
    const low = value >= 2 ** 64 ? 0xffff_ffff : value % 2 ** 32;
    this.#length = this.#bytes.writeUInt32LE(low, this.#length);
    this.#length = this.#bytes.writeUInt32LE(high, this.#length);
  }

  /** Writes the length of a ByteString and its bytes. */
  byteString(value: ByteString): void {
    this.varint(value.length);
    this.#reserve(value.length);
    this.#length += this.#bytes.latin1Write(value, this.#length, value.length);
  }

  /** Begins a length-delimited field. Pass the result to `end`. */
  begin(): number {
    this.#reserve(1);
    return this.#length++;
  }

  /** Writes the length of the field. One byte is reserved for it; contents of more than 127 bytes are moved. */
  end(start: number): void {
    const from = start + 1;
    const length = this.#length - from;
    const lengthBytes = length < 0x80 ? 1 : length < 0x4000 ? 2 : length < 0x200000 ? 3 : length < 0x10000000 ? 4 : 5;
    if (lengthBytes > 1) {
      this.#reserve(lengthBytes);
      this.#bytes.copyWithin(start + lengthBytes, from, this.#length);
    }
    this.#length = start;
    this.varint(length);
    this.#length += length;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + count));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
