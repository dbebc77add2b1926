import { getHeapStatistics } from 'node:v8';
import { type ItemLimits, itemTooLarge, noItemLimits } from '../item-limits.ts';
import { DecodeError, TooMuchContentError, unexpectedEnd, wrongWireType } from './decode-error.ts';

/**
 * Number of encoded bytes in one slice of decoding. The densest content, empty fields of two bytes, takes a
 * millisecond.
 */
export const sliceBytes = 16 * 1024;

const two32 = 4294967296;

/** Maximum heap of V8, bytes. The limits below are lower if it is small: a request may use only a part of it. */
const heapLimit = getHeapStatistics().heap_size_limit;

/**
 * Maximum number of length-delimited fields (messages, texts, lists) in one request. Empty ones use two bytes in the
 * request and up to two hundred in memory, so a body of 20 MiB could become two gigabytes. Real bodies of that size
 * have half as many fields.
 */
const maxFields = Math.min(4_000_000, Math.floor(heapLimit / 512));

/**
 * Maximum number of bucket counts of exponential histograms in one request. Each uses one byte in the request and eight
 * in memory.
 */
const maxBuckets = Math.min(8_000_000, Math.floor(heapLimit / 128));

/**
 * Maximum number of length-delimited fields of one item, per attribute and list element. An exemplar with IDs and
 * attributes has 7.
 */
const fieldsPerElement = 8;

/**
 * Reads the protobuf wire format from a buffer, up to a given end (that of the current message). The fields are public
 * because the decoders of frequent messages read `bytes`, `view`, and `position` themselves.
 * @throws DecodeError
 */
export class WireReader {
  readonly bytes: Buffer;
  readonly view: DataView;
  position = 0;
  /** Number of length-delimited fields that may still follow. */
  fieldsLeft = maxFields;
  /** Whether the decoded content has everything that was read so far. Unknown fields are left out. */
  isComplete = true;
  /** Limits of items, `Infinity` for none; see ItemLimits. */
  readonly maxTextBytes: number;
  readonly maxAttributes: number;
  readonly maxListLength: number;
  readonly maxItemBytes: number;
  readonly #maxItemFields: number;
  /** Minimum of `fieldsLeft` while an item is read. */
  #fieldFloor = 0;
  #bucketsLeft = maxBuckets;

  constructor(bytes: Buffer, limits: ItemLimits = noItemLimits) {
    this.bytes = bytes;
    this.maxTextBytes = limits.maxTextBytes || Number.POSITIVE_INFINITY;
    this.maxAttributes = limits.maxAttributes || Number.POSITIVE_INFINITY;
    this.maxListLength = limits.maxListLength || Number.POSITIVE_INFINITY;
    this.maxItemBytes = limits.maxItemBytes || Number.POSITIVE_INFINITY;
    this.#maxItemFields = fieldsPerElement * (this.maxAttributes + this.maxListLength);
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Reads the tag of a field: number × 8 + wire type. The number is from 1 to 2^31-1. */
  tag(end: number): number {
    const start = this.position;
    const first = this.bytes[start]!;
    if (first >= 8 && first < 0x80 && start < end) {
      this.position = start + 1;
      return first;
    }
    return this.#longTag(end);
  }

  #longTag(end: number): number {
    const tag = this.varint64(end);
    // Same as Go: the number is truncated to 32 bits before it is checked.
    const field = Number(BigInt.asIntN(32, tag >> 3n));
    if (field <= 0) throw new DecodeError(`proto: Link: illegal field=${field} (tag=${tag}, pos=${this.position})`);
    return field * 8 + Number(tag & 7n);
  }

  /** Reads an unsigned varint of up to 64 bits as a number, exact up to 2^53. */
  varint(end: number): number {
    const bytes = this.bytes;
    let position = this.position;
    let low = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      if (position >= end) throw unexpectedEnd();
      const byte = bytes[position++]!;
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) {
        this.position = position;
        return low;
      }
    }
    return this.#longVarint(end, position, low);
  }

  #longVarint(end: number, from: number, low28: number): number {
    let position = from;
    let value = low28;
    let scale = 268435456;
    for (let index = 4; index < 10; index++) {
      if (position >= end) throw unexpectedEnd();
      const byte = this.bytes[position++]!;
      // The tenth byte contains one bit of a 64-bit number.
      value += (index === 9 ? byte & 1 : byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) {
        this.position = position;
        return value;
      }
    }
    throw new DecodeError('proto: integer overflow');
  }

  /** Reads a varint of up to 64 bits exactly. */
  varint64(end: number): bigint {
    const start = this.position;
    const value = this.varint(end);
    if (value <= Number.MAX_SAFE_INTEGER) return BigInt(value);
    let exact = 0n;
    for (let index = this.position - 1; index >= start; index--)
      exact = (exact << 7n) | BigInt(this.bytes[index]! & 0x7f);
    return BigInt.asUintN(64, exact);
  }

  /** Reads the low 32 bits of a varint. */
  varint32(end: number): number {
    const start = this.position;
    const value = this.varint(end);
    if (value < two32) return value;
    let low = 0;
    for (let index = Math.min(start + 4, this.position - 1); index >= start; index--) {
      low = (low * 128 + (this.bytes[index]! & 0x7f)) % (two32 * 128);
    }
    return low % two32;
  }

  /** Reads a zigzag-encoded sint32. */
  zigzag32(end: number): number {
    const value = this.varint32(end);
    return (value >>> 1) ^ -(value & 1);
  }

  /** Returns the end of the length-delimited field that begins here. */
  lengthEnd(end: number): number {
    const start = this.position;
    const length = this.varint(end);
    const fieldEnd = this.position + length;
    if (fieldEnd > end) throw this.#badLength(start, end);
    if (--this.fieldsLeft < this.#fieldFloor) throw this.#tooManyFields();
    return fieldEnd;
  }

  /**
   * Begins an item (a point, span, or log record) that ends at `itemEnd`. The current position is its first field.
   * @throws OverLimit if it is too large
   */
  beginItem(itemEnd: number): void {
    if (itemEnd - this.position > this.maxItemBytes) throw itemTooLarge;
    this.#fieldFloor = Math.max(this.fieldsLeft - this.#maxItemFields, 0);
  }

  /** Ends the item. Call it after an error too. */
  endItem(): void {
    this.#fieldFloor = 0;
  }

  /** Returns a reader of other bytes with the same limits. After `join`, its fields count for this reader too. */
  fork(bytes: Buffer): WireReader {
    const { maxTextBytes, maxAttributes, maxListLength, maxItemBytes } = this;
    const reader = new WireReader(bytes, { maxTextBytes, maxAttributes, maxListLength, maxItemBytes });
    reader.fieldsLeft = this.fieldsLeft;
    return reader;
  }

  join(forked: WireReader): void {
    this.fieldsLeft = forked.fieldsLeft;
    this.isComplete &&= forked.isComplete;
  }

  #tooManyFields(): Error {
    if (this.fieldsLeft >= 0) throw itemTooLarge;
    return new TooMuchContentError(`the request has more than ${maxFields} fields`);
  }

  /** Records up to `count` bucket counts before they are read. */
  expectBuckets(count: number): void {
    this.#bucketsLeft -= count;
    if (this.#bucketsLeft < 0) throw new TooMuchContentError(`the request has more than ${maxBuckets} bucket counts`);
  }

  #badLength(start: number, end: number): DecodeError {
    this.position = start;
    if (this.varint64(end) < 2n ** 63n) return unexpectedEnd();
    return new DecodeError('proto: negative length found during unmarshaling');
  }

  /** Reads four bytes as an unsigned number. */
  fixed32(end: number): number {
    const { position } = this;
    this.#advance(4, end);
    return this.view.getUint32(position, true);
  }

  /** Reads eight bytes as a float64. */
  double(end: number): number {
    const position = this.position;
    if (position + 8 > end) throw unexpectedEnd();
    this.position = position + 8;
    return this.view.getFloat64(position, true);
  }

  /** Reads eight bytes as a number, exact up to 2^53 and rounded like float64(uint64) in Go above. */
  fixed64(end: number): number {
    const position = this.position;
    if (position + 8 > end) throw unexpectedEnd();
    this.position = position + 8;
    const high = this.view.getUint32(position + 4, true);
    const low = this.view.getUint32(position, true);
    return high < 0x200000 ? high * two32 + low : Number(this.view.getBigUint64(position, true));
  }

  /** Reads eight bytes as an exact unsigned number. */
  fixed64Exact(end: number): bigint {
    const position = this.position;
    if (position + 8 > end) throw unexpectedEnd();
    this.position = position + 8;
    return this.view.getBigUint64(position, true);
  }

  /** Reads eight bytes as an exact signed number. */
  sfixed64Exact(end: number): bigint {
    const position = this.position;
    if (position + 8 > end) throw unexpectedEnd();
    this.position = position + 8;
    return this.view.getBigInt64(position, true);
  }

  /**
   * Skips the value of an unknown field. `known` contains the Go names of the message's known fields: a tag of one of
   * them here has the wrong wire type, which is an error.
   */
  skip(tag: number, end: number, known: Readonly<Record<number, string>>): void {
    const field = Math.floor(tag / 8);
    if (Object.hasOwn(known, field)) throw wrongWireType(tag & 7, known[field]!);
    this.isComplete = false;
    this.#skipValue(tag & 7, end);
  }

  /**
   * Skips a value like the Collector, including groups. The Collector accepts only groups that contain nothing but
   * groups: the first value inside ends its reading of the group, and the end of the group is then an error. OTLP has
   * no groups.
   */
  #skipValue(wireType: number, end: number): void {
    let depth = 0;
    let type = wireType;
    while (this.position < end) {
      switch (type) {
        case 0:
          this.varint(end);
          return;
        case 1:
          this.#advance(8, end);
          return;
        case 2:
          this.position = this.lengthEnd(end);
          return;
        case 3:
          depth++;
          break;
        case 4:
          if (depth === 0) throw new DecodeError('proto: unexpected end of group');
          depth--;
          break;
        case 5:
          this.#advance(4, end);
          return;
        default:
          throw new DecodeError(`proto: illegal wireType ${type}`);
      }
      if (depth === 0) return;
      type = this.tag(end) & 7;
    }
    throw unexpectedEnd();
  }

  #advance(count: number, end: number): void {
    if (this.position + count > end) throw unexpectedEnd();
    this.position += count;
  }
}
