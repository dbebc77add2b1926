import { areEqual, ByteTable, hashBytes, type KnownBytes } from './byte-table.ts';
import type { WireReader } from './wire-reader.ts';

/** Bytes that were seen, what they mean, and what followed them last time. */
export interface Interned<Value> extends KnownBytes {
  readonly value: Value;
  /** What the entry and its value take, in bytes, roughly. */
  readonly cost: number;
  /** When the entry was last looked up, counted in generations. */
  generation: number;
  /** The entry that was asked for after this one: a guess for the next time. */
  next: Interned<Value> | undefined;
}

/** What is longer is decoded each time. */
const chunkBytes = 65536;
const notRemembered = -2;
/** What an entry costs besides its bytes and its fields: the object and its place in the table. */
const entryOverhead = 300;
/** A decoded field: an object of a key and a value, or a text. */
const fieldOverhead = 48;

/**
 * Remembers what bytes mean, so that nothing is decoded twice: the same bytes give the same object. Two generations of a table,
 * bounded by bytes: when the young one is full it becomes the old one, and entries that are used again move over. Under pure
 * high cardinality the cost is that of decoding plus a lookup, never unbounded memory. Bytes are copied: no request is kept alive.
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
   * `decode` reads a value from the reader's position to `end` and must keep nothing of the bytes. It may throw: then nothing is
   * remembered.
   */
  constructor(maxBytes: number, decode: (reader: WireReader, end: number) => Value) {
    this.#generationBytes = maxBytes / 2;
    this.#chunkBytes = Math.min(chunkBytes, Math.floor(maxBytes / 16));
    this.#decode = decode;
  }

  /** Approximate bytes held: never above the bound by more than one entry. */
  get bytes(): number {
    return this.#youngBytes + this.#oldBytes;
  }

  /** What the reader's bytes `[start, end)` mean; the reader stands at `end` afterwards. */
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
   * Whether a guess is still remembered; it is then renewed, as when it is looked up. Forgotten entries must not be used even when
   * their bytes match: chains of guesses could keep alive what the bound has given up.
   */
  remembers(guess: Interned<Value>): boolean {
    if (guess.generation === this.#generation) return true;
    if (guess.generation !== this.#generation - 1) return false;
    this.#renew(guess);
    return true;
  }

  /**
   * Notes that `entry` was asked for after `previous`. What is not remembered is not linked either: whatever can be reached by
   * guesses was in use within the last two generations, and so counted.
   */
  link(previous: Interned<Value> | undefined, entry: Interned<Value>): void {
    if (previous !== undefined) previous.next = entry.generation === notRemembered ? undefined : entry;
  }

  #add(reader: WireReader, { hash, start, end }: { hash: number; start: number; end: number }): Interned<Value> {
    const { bytes, fieldsLeft } = reader;
    const length = end - start;
    reader.position = start;
    const value = this.#decode(reader, end);
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
    if (length <= this.#chunkBytes) this.#remember(entry, bytes, start);
    return entry;
  }

  #renew(entry: Interned<Value>): void {
    // The bytes move too: one entry in use must not keep a chunk of forgotten ones alive.
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

/** Whether the bytes of `entry` stand at `start` in the reader's buffer, all of them before `end`. */
export function standsAt(entry: Interned<unknown>, reader: WireReader, start: number, end: number): boolean {
  return start + entry.length <= end && areEqual(entry, reader.view, start);
}
