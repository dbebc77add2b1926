import type { WireReader } from './wire-reader.ts';

/** Bytes that were seen, what they mean, and what followed them last time. */
export interface Interned<Value> {
  readonly value: Value;
  /** The bytes as text, one character each. */
  readonly key: string;
  /** Where the bytes are kept. */
  view: DataView;
  offset: number;
  readonly length: number;
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
/** What an entry costs besides its bytes and its fields: key, object, map slot. */
const entryOverhead = 300;
/** A decoded field: an object of a key and a value, or a text. */
const fieldOverhead = 48;

/**
 * Remembers what bytes mean, so that nothing is decoded twice: the same bytes give the same object. Two generations of a Map,
 * bounded by bytes: when the young one is full it becomes the old one, and entries that are used again move over. Under pure
 * high cardinality the cost is that of decoding plus a lookup, never unbounded memory. Bytes are copied: no request is kept alive.
 */
export class Interner<Value> {
  #young = new Map<string, Interned<Value>>();
  #old = new Map<string, Interned<Value>>();
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
    const key = reader.bytes.latin1Slice(start, end);
    const known = this.#young.get(key);
    if (known !== undefined) {
      reader.position = end;
      return known;
    }
    const old = this.#old.get(key);
    if (old === undefined) return this.#add(reader, start, key);
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

  #add(reader: WireReader, start: number, key: string): Interned<Value> {
    const { bytes, fieldsLeft } = reader;
    const length = key.length;
    reader.position = start;
    const value = this.#decode(reader, start + length);
    const cost = 2 * length + entryOverhead + fieldOverhead * (fieldsLeft - reader.fieldsLeft);
    const entry: Interned<Value> = {
      value,
      key,
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
    this.#young.set(entry.key, entry);
  }

  #turn(): void {
    this.#old = this.#young;
    this.#oldBytes = this.#youngBytes;
    this.#young = new Map();
    this.#youngBytes = 0;
    this.#generation++;
    this.#chunk = Buffer.alloc(0);
    this.#used = 0;
  }
}

/** Whether the bytes of `entry` stand at `start` in the reader's buffer, all of them before `end`. */
export function standsAt(entry: Interned<unknown>, reader: WireReader, start: number, end: number): boolean {
  const { view, offset, length } = entry;
  if (start + length > end) return false;
  const theirs = reader.view;
  let index = 0;
  for (; index + 4 <= length; index += 4) {
    if (theirs.getInt32(start + index, true) !== view.getInt32(offset + index, true)) return false;
  }
  for (; index < length; index++) {
    if (theirs.getUint8(start + index) !== view.getUint8(offset + index)) return false;
  }
  return true;
}
