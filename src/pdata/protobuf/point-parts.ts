import { type Attributes, noAttributes } from '../attributes.ts';
import type { Exemplar } from '../metrics.ts';
import { decodeAttributes, readKeyValue } from './decode-attributes.ts';
import { DecodeError, unexpectedEnd } from './decode-error.ts';
import { type Interned, Interner, standsAt } from './interner.ts';
import { readPackedDoubles } from './packed.ts';
import type { WireReader } from './wire-reader.ts';

/** What points without exemplars share. */
export const noExemplars: readonly Exemplar[] = [];

const exemplarFields = {
  2: 'TimeUnixNano',
  3: 'AsDouble',
  4: 'SpanId',
  5: 'TraceId',
  6: 'AsInt',
  7: 'FilteredAttributes',
};

/**
 * The parts that data points of every type have, decoded with memory of what came before: a sender sends the same attribute
 * sets in the same order, and the points of a request share their times. One instance for each decoder; not reentrant.
 */
export class PointParts {
  readonly #attributes: Interner<Attributes>;
  #previous: Interned<Attributes> | undefined;
  #timeLow = 0;
  #timeHigh = 0;
  #time = 0n;
  #startLow = 0;
  #startHigh = 0;
  #start = 0n;
  #bounds: readonly number[] = [];

  constructor(maxInternedBytes: number) {
    this.#attributes = new Interner(maxInternedBytes, decodeAttributes);
  }

  /** Eight bytes of a point's time; equal times in a row are one bigint. */
  time(reader: WireReader, end: number): bigint {
    const position = reader.position;
    if (position + 8 > end) throw unexpectedEnd();
    reader.position = position + 8;
    const low = reader.view.getUint32(position, true);
    const high = reader.view.getUint32(position + 4, true);
    if (low !== this.#timeLow || high !== this.#timeHigh) {
      this.#timeLow = low;
      this.#timeHigh = high;
      this.#time = reader.view.getBigUint64(position, true);
    }
    return this.#time;
  }

  /** As `time`, for start times. */
  startTime(reader: WireReader, end: number): bigint {
    const position = reader.position;
    if (position + 8 > end) throw unexpectedEnd();
    reader.position = position + 8;
    const low = reader.view.getUint32(position, true);
    const high = reader.view.getUint32(position + 4, true);
    if (low !== this.#startLow || high !== this.#startHigh) {
      this.#startLow = low;
      this.#startHigh = high;
      this.#start = reader.view.getBigUint64(position, true);
    }
    return this.#start;
  }

  /**
   * The attribute fields that begin with the tag just read (one byte): the whole run of adjacent ones. `before` is what the
   * point had already, when its attributes are not all adjacent.
   */
  attributes(reader: WireReader, end: number, before: Attributes): Attributes {
    const start = reader.position - 1;
    const tag = reader.bytes[start]!;
    const previous = this.#previous;
    const guess = previous?.next;
    let entry: Interned<Attributes>;
    if (
      guess !== undefined &&
      standsAt(guess, reader, start, end) &&
      this.#ends(reader, start + guess.length, end, tag)
    ) {
      entry = guess;
      reader.position = start + guess.length;
    } else {
      do {
        reader.position = reader.lengthEnd(end);
      } while (!this.#ends(reader, reader.position, end, tag) && reader.position++ >= 0);
      entry = this.#attributes.get(reader.bytes, start, reader.position);
      if (previous !== undefined) previous.next = entry;
    }
    this.#previous = entry;
    if (before === noAttributes) return entry.value;
    return { entries: [...before.entries, ...entry.value.entries] };
  }

  #ends(reader: WireReader, position: number, end: number, tag: number): boolean {
    return position >= end || reader.bytes[position] !== tag;
  }

  /** Packed explicit bounds; a list equal to the last one is the same array. */
  bounds(reader: WireReader, end: number): readonly number[] {
    const bounds: number[] = [];
    const before = this.#bounds;
    readPackedDoubles(reader, end, bounds);
    if (bounds.length === before.length && bounds.every((bound, index) => Object.is(bound, before[index])))
      return before;
    this.#bounds = bounds;
    return bounds;
  }

  /** message Exemplar { time 2; oneof { double 3; sfixed64 6 }; span_id 4; trace_id 5; filtered_attributes 7 } */
  exemplar(reader: WireReader, end: number): Exemplar {
    const messageEnd = reader.lengthEnd(end);
    let timeUnixNano = 0n;
    let value: number | bigint | undefined;
    let spanId = '';
    let traceId = '';
    let filteredAttributes = noAttributes;
    while (reader.position < messageEnd) {
      const tag = reader.tag(messageEnd);
      if (tag === 0x11) timeUnixNano = reader.fixed64Exact(messageEnd);
      else if (tag === 0x19) value = reader.double(messageEnd);
      else if (tag === 0x31) value = reader.sfixed64Exact(messageEnd);
      else if (tag === 0x22) spanId = readId(reader, messageEnd, 8);
      else if (tag === 0x2a) traceId = readId(reader, messageEnd, 16);
      else if (tag === 0x3a) {
        const entry = readKeyValue(reader, messageEnd);
        filteredAttributes = { entries: [...filteredAttributes.entries, entry] };
      } else reader.skip(tag, messageEnd, exemplarFields);
    }
    return { filteredAttributes, timeUnixNano, value, spanId, traceId };
  }
}

/** A trace or span id as hex, `''` when it is empty or all zeros. */
export function readId(reader: WireReader, end: number, size: 8 | 16): string {
  const fieldEnd = reader.lengthEnd(end);
  const length = fieldEnd - reader.position;
  if (length !== 0 && length !== size) {
    throw new DecodeError(`invalid length for ${size === 8 ? 'SpanID' : 'TraceID'}`);
  }
  const id = reader.bytes.toString('hex', reader.position, fieldEnd);
  reader.position = fieldEnd;
  return /[1-9a-f]/.test(id) ? id : '';
}
