import { type Attributes, type KeyValue, noAttributes } from '../attributes.ts';
import { tooManyAttributes } from '../item-limits.ts';
import type { Exemplar } from '../metrics.ts';
import { addKeyValue, attributesOf, decodeAttributes } from './decode-attributes.ts';
import { unexpectedEnd } from './decode-error.ts';
import { type Interned, Interner, standsAt } from './interner.ts';
import { checkLength, readDoubles } from './packed.ts';
import { readId } from './read-id.ts';
import type { WireReader } from './wire-reader.ts';

/** The shared list of points without exemplars. */
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
 * Decodes the parts that data points of every type have, using what came before: clients send the same attribute sets
 * in the same order, and the points of a request share their times. One instance per decoder; not reentrant.
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
  readonly #bounds: Interner<readonly number[]>;
  #previousBounds: Interned<readonly number[]> | undefined;
  /** The last attributes that were merged from several runs of fields. Only the current point uses them. */
  #merged: { entries: KeyValue[]; note: undefined; bytes: number } = { entries: [], note: undefined, bytes: 0 };

  constructor(maxInternedBytes: number) {
    this.#attributes = new Interner((maxInternedBytes * 15) / 16, decodeAttributes);
    this.#bounds = new Interner(maxInternedBytes / 16, decodeBounds);
  }

  /** Reads the eight bytes of a point's time. Consecutive equal times are one bigint. */
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

  /** Reads a start time; see `time`. */
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
   * Reads the adjacent attribute fields that begin with the tag just read (one byte). `before` contains earlier
   * attributes of the point if not all are adjacent.
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
      ends(reader, start + guess.length, end, tag) &&
      this.#attributes.remembers(guess)
    ) {
      entry = guess;
      reader.position = start + guess.length;
    } else {
      do {
        reader.position = reader.lengthEnd(end);
      } while (!ends(reader, reader.position, end, tag) && reader.position++ >= 0);
      entry = this.#attributes.get(reader, start, reader.position);
      this.#attributes.link(previous, entry);
    }
    this.#previous = entry;
    return before === noAttributes ? entry.value : this.#merge(reader, before, entry.value);
  }

  #merge(reader: WireReader, before: Attributes, more: Attributes): Attributes {
    if (before.entries.length + more.entries.length > reader.maxAttributes) throw tooManyAttributes;
    if (before !== this.#merged) {
      this.#merged = { entries: [...before.entries], note: undefined, bytes: before.bytes ?? 0 };
    }
    const merged = this.#merged;
    merged.bytes += more.bytes ?? 0;
    for (const entry of more.entries) merged.entries.push(entry);
    return merged;
  }

  /** Reads packed explicit bounds. Equal lists are one array. */
  bounds(reader: WireReader, end: number): readonly number[] {
    const fieldEnd = reader.lengthEnd(end);
    const start = reader.position;
    checkLength(reader, (fieldEnd - start) / 8);
    const before = this.#previousBounds;
    const isGuess = before !== undefined && before.length === fieldEnd - start && this.#bounds.remembers(before);
    if (isGuess && standsAt(before, reader, start, fieldEnd)) {
      reader.position = fieldEnd;
      return before.value;
    }
    const entry = this.#bounds.get(reader, start, fieldEnd);
    this.#previousBounds = entry;
    return entry.value;
  }

  /**
   * Adds the exemplar whose length is at the current position.
   * @throws OverLimit if there are too many
   */
  addExemplar(reader: WireReader, end: number, exemplars: Exemplar[]): void {
    checkLength(reader, exemplars.length + 1);
    exemplars.push(this.#exemplar(reader, end));
  }

  /** message Exemplar { time 2; oneof { double 3; sfixed64 6 }; span_id 4; trace_id 5; filtered_attributes 7 } */
  #exemplar(reader: WireReader, end: number): Exemplar {
    const messageEnd = reader.lengthEnd(end);
    let timeUnixNano = 0n;
    let value: number | bigint | undefined;
    let spanId = '';
    let traceId = '';
    const filtered: KeyValue[] = [];
    while (reader.position < messageEnd) {
      const tag = reader.tag(messageEnd);
      if (tag === 0x11) timeUnixNano = reader.fixed64Exact(messageEnd);
      else if (tag === 0x19) value = reader.double(messageEnd);
      else if (tag === 0x31) value = reader.sfixed64Exact(messageEnd);
      else if (tag === 0x22) spanId = readId(reader, messageEnd, 'SpanID');
      else if (tag === 0x2a) traceId = readId(reader, messageEnd, 'TraceID');
      else if (tag === 0x3a) addKeyValue(reader, messageEnd, filtered);
      else reader.skip(tag, messageEnd, exemplarFields);
    }
    return { filteredAttributes: attributesOf(filtered), timeUnixNano, value, spanId, traceId };
  }
}

/** Decodes explicit bounds without their length. */
function decodeBounds(reader: WireReader, end: number): readonly number[] {
  const bounds: number[] = [];
  readDoubles(reader, end, bounds);
  return bounds;
}

/**
 * Whether a run of fields with this one-byte tag ends. A tag in a longer encoding ends in 0, and its field is a run of
 * its own.
 */
function ends(reader: WireReader, position: number, end: number, tag: number): boolean {
  return position >= end || tag === 0 || reader.bytes[position] !== tag;
}
