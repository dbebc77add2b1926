import type { WireReader } from './wire-reader.ts';

/** Bytes that were seen, what they mean, and what followed them last time. */
export interface Interned<Value> {
  readonly value: Value;
  /** Where the bytes are kept. */
  readonly view: DataView;
  readonly offset: number;
  readonly length: number;
  /** The entry that was asked for after this one: a guess for the next time. */
  next: Interned<Value> | undefined;
}

const chunkBytes = 65536;
/** What an entry costs besides its bytes (key, object, map slot, the decoded value), roughly. */
const entryOverhead = 400;

/**
 * Remembers what bytes mean, so that nothing is decoded twice: the same bytes give the same object. Two generations of a Map,
 * bounded by bytes: when the young one is full it becomes the old one, and entries that are used again move over. Under pure
 * high cardinality the cost is that of decoding plus a lookup, never unbounded memory. Bytes are copied: no request is kept alive.
 */
export class Interner<Value> {
  #young = new Map<string, Interned<Value>>();
  #old = new Map<string, Interned<Value>>();
  #youngBytes = 0;
  #chunk: Buffer = Buffer.alloc(0);
  #view: DataView = new DataView(this.#chunk.buffer);
  #used = 0;
  readonly #halfBytes: number;
  readonly #decode: (bytes: Buffer) => Value;

  /** `decode` reads a value from all of `bytes` and must keep nothing of them. It may throw: then nothing is remembered. */
  constructor(maxBytes: number, decode: (bytes: Buffer) => Value) {
    this.#halfBytes = maxBytes / 2;
    this.#decode = decode;
  }

  /** Approximate bytes held. Never above the bound, except for one entry. */
  get bytes(): number {
    return this.#youngBytes;
  }

  /** What `bytes[start, end)` mean. */
  get(bytes: Buffer, start: number, end: number): Interned<Value> {
    const key = bytes.latin1Slice(start, end);
    const known = this.#young.get(key);
    if (known !== undefined) return known;
    const old = this.#old.get(key);
    const entry = old ?? this.#entry(bytes, start, end);
    this.#youngBytes += key.length * 2 + entryOverhead;
    if (this.#youngBytes > this.#halfBytes) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngBytes = 0;
    }
    this.#young.set(key, entry);
    return entry;
  }

  #entry(bytes: Buffer, start: number, end: number): Interned<Value> {
    const length = end - start;
    if (this.#used + length > this.#chunk.length) {
      this.#chunk = Buffer.allocUnsafeSlow(Math.max(length, Math.min(chunkBytes, this.#halfBytes / 8)));
      this.#view = new DataView(this.#chunk.buffer);
      this.#used = 0;
    }
    const offset = this.#used;
    bytes.copy(this.#chunk, offset, start, end);
    const value = this.#decode(this.#chunk.subarray(offset, offset + length));
    this.#used += length;
    return { value, view: this.#view, offset, length, next: undefined };
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
