import { getHeapStatistics } from 'node:v8';
import { type ItemLimits, itemTooLarge, noItemLimits } from '../item-limits.ts';
import { DecodeError, unexpectedEnd, wrongWireType } from './decode-error.ts';

/** Encoded bytes of one slice of decoding. The densest content, empty fields of two bytes, takes a millisecond for them. */
export const sliceBytes = 16 * 1024;

const two32 = 4294967296;

/** Bytes that V8 may use. The bounds are lower where that is little: no request may take more than a part of it. */
const heapLimit = getHeapStatistics().heap_size_limit;

/**
 * Bound on the length-delimited fields (messages, texts, lists) decoded of one request. Empty ones take two bytes on the wire and
 * up to two hundred decoded: without a bound a body of 20 MiB could become two gigabytes. Real bodies of that size have half as many.
 */
const maxFields = Math.min(4_000_000, Math.floor(heapLimit / 512));

/** Bound on the bucket counts of exponential histograms of one request: a byte each on the wire, eight decoded. */
const maxBuckets = Math.min(8_000_000, Math.floor(heapLimit / 128));

/** Length-delimited fields that one item may have, for each attribute and list element: an exemplar with ids and attributes has 7. */
const fieldsPerElement = 8;

/**
 * Reads the protobuf wire format from a buffer, always below a given end (that of the message at hand). Throws DecodeError.
 * The fields are public because the decoders of hot messages read `bytes`, `view` and `position` themselves.
 */
export class WireReader {
  readonly bytes: Buffer;
  readonly view: DataView;
  position = 0;
  /** How many more length-delimited fields may come. */
  fieldsLeft = maxFields;
  /** Limits of items, `Infinity` for none; see ItemLimits. */
  readonly maxTextBytes: number;
  readonly maxAttributes: number;
  readonly maxListLength: number;
  readonly maxItemBytes: number;
  readonly #maxItemFields: number;
  /** What `fieldsLeft` must not fall below while an item is read. */
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

  /** A field's tag: number × 8 + wire type. The number is from 1 to 2^31-1. */
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
    // As in Go: the number is cut to 32 bits before it is looked at.
    const field = Number(BigInt.asIntN(32, tag >> 3n));
    if (field <= 0) throw new DecodeError(`proto: Link: illegal field=${field} (tag=${tag}, pos=${this.position})`);
    return field * 8 + Number(tag & 7n);
  }

  /** An unsigned varint of up to 64 bits as a number; exact to 2^53. */
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
      // The tenth byte holds one bit of a 64-bit number.
      value += (index === 9 ? byte & 1 : byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) {
        this.position = position;
        return value;
      }
    }
    throw new DecodeError('proto: integer overflow');
  }

  /** A varint of up to 64 bits, exactly. */
  varint64(end: number): bigint {
    const start = this.position;
    const value = this.varint(end);
    if (value <= Number.MAX_SAFE_INTEGER) return BigInt(value);
    let exact = 0n;
    for (let index = this.position - 1; index >= start; index--)
      exact = (exact << 7n) | BigInt(this.bytes[index]! & 0x7f);
    return BigInt.asUintN(64, exact);
  }

  /** The low 32 bits of a varint. */
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

  /** A zigzag-encoded sint32. */
  zigzag32(end: number): number {
    const value = this.varint32(end);
    return (value >>> 1) ^ -(value & 1);
  }

  /** The end of a length-delimited field that begins here. */
  lengthEnd(end: number): number {
    const start = this.position;
    const length = this.varint(end);
    const fieldEnd = this.position + length;
    if (fieldEnd > end) throw this.#badLength(start, end);
    if (--this.fieldsLeft < this.#fieldFloor) throw this.#tooManyFields();
    return fieldEnd;
  }

  /**
   * Begins an item (a point, span, or log record) that ends at `itemEnd`; the reader stands at its first field.
   * @throws OverLimit when it is too large
   */
  beginItem(itemEnd: number): void {
    if (itemEnd - this.position > this.maxItemBytes) throw itemTooLarge;
    this.#fieldFloor = Math.max(this.fieldsLeft - this.#maxItemFields, 0);
  }

  /** Ends what `beginItem` began, also after an error. */
  endItem(): void {
    this.#fieldFloor = 0;
  }

  /** A reader of other bytes with the same limits. Its fields count for this one, too, after `join`. */
  fork(bytes: Buffer): WireReader {
    const { maxTextBytes, maxAttributes, maxListLength, maxItemBytes } = this;
    const reader = new WireReader(bytes, { maxTextBytes, maxAttributes, maxListLength, maxItemBytes });
    reader.fieldsLeft = this.fieldsLeft;
    return reader;
  }

  join(forked: WireReader): void {
    this.fieldsLeft = forked.fieldsLeft;
  }

  #tooManyFields(): Error {
    if (this.fieldsLeft >= 0) throw itemTooLarge;
    return new DecodeError(`the request has more than ${maxFields} fields`);
  }

  /** Takes note of up to so many bucket counts, before they are read. */
  expectBuckets(count: number): void {
    this.#bucketsLeft -= count;
    if (this.#bucketsLeft < 0) throw new DecodeError(`the request has more than ${maxBuckets} bucket counts`);
  }

  #badLength(start: number, end: number): DecodeError {
    this.position = start;
    if (this.varint64(end) < 2n ** 63n) return unexpectedEnd();
    return new DecodeError('proto: negative length found during unmarshaling');
  }

  /** Four bytes as an unsigned number. */
  fixed32(end: number): number {
    const { position } = this;
    this.#advance(4, end);
    return this.view.getUint32(position, true);
  }

  /** Eight bytes as a float64. */
  double(end: number): number {
    const position = this.position;
    if (position + 8 > end) throw unexpectedEnd();
    this.position = position + 8;
    return this.view.getFloat64(position, true);
  }

  /** Eight bytes as a number; exact to 2^53, rounded as Go rounds float64(uint64) above. */
  fixed64(end: number): number {
    const position = this.position;
    if (position + 8 > end) throw unexpectedEnd();
    this.position = position + 8;
    const high = this.view.getUint32(position + 4, true);
    const low = this.view.getUint32(position, true);
    return high < 0x200000 ? high * two32 + low : Number(this.view.getBigUint64(position, true));
  }

  /** Eight bytes as an exact unsigned number. */
  fixed64Exact(end: number): bigint {
    const position = this.position;
    if (position + 8 > end) throw unexpectedEnd();
    this.position = position + 8;
    return this.view.getBigUint64(position, true);
  }

  /** Eight bytes as an exact signed number. */
  sfixed64Exact(end: number): bigint {
    const position = this.position;
    if (position + 8 > end) throw unexpectedEnd();
    this.position = position + 8;
    return this.view.getBigInt64(position, true);
  }

  /**
   * Passes over the value of a field that the message does not know. `known` are the Go names of the fields that it does know:
   * one of them here has the wrong wire type, which is an error.
   */
  skip(tag: number, end: number, known: Readonly<Record<number, string>>): void {
    const field = Math.floor(tag / 8);
    if (Object.hasOwn(known, field)) throw wrongWireType(tag & 7, known[field]!);
    this.#skipValue(tag & 7, end);
  }

  /**
   * As the collector has it, groups included: of those it takes only what holds nothing but groups, since the first value inside
   * ends its reading of the group, and the group's end is then an error. OTLP has no groups.
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
