import { areEqual, ByteTable, hashBytes, type KnownBytes } from './byte-table.ts';
import type { WireReader } from './wire-reader.ts';

/** Known bytes, their decoded value, and the entry that followed them last time. */
export interface Interned<Value> extends KnownBytes {
  readonly value: Value;
  /** Approximate size of the entry and its value, bytes. */
  readonly cost: number;
  /** Generation in which the entry was last looked up. */
  generation: number;
  /** Entry that was requested after this one: a prediction for the next time. */
  next: Interned<Value> | undefined;
}

/** Longer values are decoded each time. */
const chunkBytes = 65536;
const notRemembered = -2;
/** Size of an entry in addition to its bytes and fields: the object and its slot in the table. */
const entryOverhead = 300;
/** A decoded field: an object of a key and a value, or a text. */
const fieldOverhead = 48;

/**
 * Maps bytes to their decoded values, so that the same bytes yield the same object and are decoded once. Consists of
 * two generations of a table whose size is limited in bytes: a full young generation becomes the old one, and entries
 * that are used again move to the new young one. High cardinality costs decoding plus a lookup, and never unlimited
 * memory. Bytes are copied, so no request stays in memory.
 */
export class Interner<Value> {
  #young = new ByteTable<Interned<Value>>();
  #old = new ByteTable<Interned<Value>>();
  #youngBytes = 0;
  #oldBytes = 0;
  #generation = 0;
  #chunk: Buffer = Buffer.alloc(0);
  #view: DataView = new DataView(this.#chunk.buffer);
  #used = 0;
  readonly #generationBytes: number;
  readonly #chunkBytes: number;
  readonly #decode: (reader: WireReader, end: number) => Value;

  /**
   * `decode` reads a value from the reader's position to `end` and must not retain the bytes. If it throws, nothing is
   * stored.
   */
  constructor(maxBytes: number, decode: (reader: WireReader, end: number) => Value) {
    this.#generationBytes = maxBytes / 2;
    this.#chunkBytes = Math.min(chunkBytes, Math.floor(maxBytes / 16));
    this.#decode = decode;
  }

  /** Approximate number of stored bytes. It exceeds the limit by one entry at most. */
  get bytes(): number {
    return this.#youngBytes + this.#oldBytes;
  }

  /** Returns the entry of the reader's bytes `[start, end)` and moves the reader to `end`. */
  get(reader: WireReader, start: number, end: number): Interned<Value> {
    const { view } = reader;
    const hash = hashBytes(view, start, end);
    const known = this.#young.find(hash, view, start, end);
    if (known !== undefined) {
      reader.position = end;
      return known;
    }
    const old = this.#old.find(hash, view, start, end);
    if (old === undefined) return this.#add(reader, { hash, start, end });
    reader.position = end;
    this.#renew(old);
    return old;
  }

  /**
   * Whether a predicted entry is still stored. If so, refreshes it like a lookup. Discarded entries must not be used
   * even if their bytes match: chains of predictions could otherwise keep entries in memory above the limit.
   */
  remembers(guess: Interned<Value>): boolean {
    if (guess.generation === this.#generation) return true;
    if (guess.generation !== this.#generation - 1) return false;
    this.#renew(guess);
    return true;
  }

  /**
   * Records that `entry` was requested after `previous`. An entry that is not stored is not linked either: every entry
   * that predictions can reach was used within the last two generations and therefore counted.
   */
  link(previous: Interned<Value> | undefined, entry: Interned<Value>): void {
    if (previous !== undefined) previous.next = entry.generation === notRemembered ? undefined : entry;
  }

  #add(reader: WireReader, { hash, start, end }: { hash: number; start: number; end: number }): Interned<Value> {
    const { bytes, fieldsLeft, isComplete } = reader;
    const length = end - start;
    reader.position = start;
    reader.isComplete = true;
    const value = this.#decode(reader, end);
    const isWhole = reader.isComplete;
    reader.isComplete = isComplete && isWhole;
    const cost = 2 * length + entryOverhead + fieldOverhead * (fieldsLeft - reader.fieldsLeft);
    const entry: Interned<Value> = {
      value,
      hash,
      view: this.#view,
      offset: 0,
      length,
      cost,
      generation: notRemembered,
      next: undefined,
    };
    // A value with unknown fields is decoded each time, so that every reader learns of them.
    if (length <= this.#chunkBytes && isWhole) this.#remember(entry, bytes, start);
    return entry;
  }

  #renew(entry: Interned<Value>): void {
    // The bytes move too, so that one entry in use does not keep a chunk of discarded ones in memory.
    const { buffer, byteOffset } = entry.view;
    this.#remember(entry, Buffer.from(buffer, byteOffset, entry.view.byteLength), entry.offset);
  }

  #remember(entry: Interned<Value>, bytes: Buffer, start: number): void {
    const { length, cost } = entry;
    if (this.#youngBytes + cost > this.#generationBytes) this.#turn();
    if (!this.#young.add(entry)) {
      entry.generation = notRemembered;
      return;
    }
    if (this.#used + length > this.#chunk.length) {
      this.#chunk = Buffer.allocUnsafeSlow(this.#chunkBytes);
      this.#view = new DataView(this.#chunk.buffer);
      this.#used = 0;
    }
    bytes.copy(this.#chunk, this.#used, start, start + length);
    entry.view = this.#view;
    entry.offset = this.#used;
    entry.generation = this.#generation;
    this.#used += length;
    this.#youngBytes += cost;
  }

  #turn(): void {
    this.#old = this.#young;
    this.#oldBytes = this.#youngBytes;
    this.#young = new ByteTable();
    this.#youngBytes = 0;
    this.#generation++;
    this.#chunk = Buffer.alloc(0);
    this.#used = 0;
  }
}

/** Whether the bytes of `entry` are at `start` in the reader's buffer and end before `end`. */
export function standsAt(entry: Interned<unknown>, reader: WireReader, start: number, end: number): boolean {
  return start + entry.length <= end && areEqual(entry, reader.view, start);
}
