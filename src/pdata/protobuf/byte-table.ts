/** Bytes that a table knows, kept in a larger buffer. */
export interface KnownBytes {
  readonly hash: number;
  view: DataView;
  offset: number;
  readonly length: number;
}

const smallestTable = 64;

/**
 * So many slots are looked at, at most: bytes that were made to fall together are not remembered, rather than making every lookup
 * a long walk.
 */
const maxProbes = 32;

/**
 * Finds entries by their bytes, which need not become a string for it. Open addressing; hashes lie beside the entries, so that most
 * of those that are not meant are never touched.
 */
export class ByteTable<Entry extends KnownBytes> {
  #entries: (Entry | undefined)[] = new Array<Entry | undefined>(smallestTable).fill(undefined);
  #hashes = new Int32Array(smallestTable);
  #size = 0;

  /** The entry whose bytes stand at `[start, end)` of a buffer, and have this hash. */
  find(hash: number, view: DataView, start: number, end: number): Entry | undefined {
    const hashes = this.#hashes;
    const mask = hashes.length - 1;
    for (let probe = 0, slot = hash & mask; probe < maxProbes; probe++, slot = (slot + 1) & mask) {
      const known = hashes[slot]!;
      if (known === 0) return undefined;
      if (known !== hash) continue;
      const entry = this.#entries[slot]!;
      if (entry.length === end - start && areEqual(entry, view, start)) return entry;
    }
    return undefined;
  }

  /** False when there is no room for it near its place. It is not there yet. */
  add(entry: Entry): boolean {
    if (this.#size * 2 >= this.#hashes.length) this.#grow();
    if (!this.#insert(entry)) return false;
    this.#size += 1;
    return true;
  }

  #insert(entry: Entry): boolean {
    const { hash } = entry;
    const hashes = this.#hashes;
    const mask = hashes.length - 1;
    for (let probe = 0, slot = hash & mask; probe < maxProbes; probe++, slot = (slot + 1) & mask) {
      if (hashes[slot] !== 0) continue;
      hashes[slot] = hash;
      this.#entries[slot] = entry;
      return true;
    }
    return false;
  }

  #grow(): void {
    const old = this.#entries;
    const length = old.length * 2;
    this.#entries = new Array<Entry | undefined>(length).fill(undefined);
    this.#hashes = new Int32Array(length);
    for (const entry of old) if (entry !== undefined) this.#insert(entry);
  }
}

/** Different in each process, so that nobody knows which bytes fall together. */
const seed = (Math.random() * 2 ** 32) | 0;

/** A hash of bytes; never 0. */
export function hashBytes(view: DataView, start: number, end: number): number {
  let hash = seed ^ (end - start);
  let position = start;
  for (; position + 4 <= end; position += 4) {
    hash = Math.imul(hash ^ view.getInt32(position, true), 0x2c1b3c6d);
    hash ^= hash >>> 15;
  }
  for (; position < end; position++) hash = Math.imul(hash ^ view.getUint8(position), 0x297a2d39);
  hash ^= hash >>> 16;
  return hash === 0 ? 1 : hash;
}

/**
 * Whether the bytes of an entry are those at `start`; there must be that many. Eight at a time: the compiled code compares words,
 * no BigInt comes to be (bench/micro/decode.bench.ts).
 */
export function areEqual({ view, offset, length }: KnownBytes, other: DataView, start: number): boolean {
  let index = 0;
  for (; index + 8 <= length; index += 8) {
    if (other.getBigInt64(start + index) !== view.getBigInt64(offset + index)) return false;
  }
  if (index === length) return true;
  if (length >= 8) {
    // The rest together with some that were compared already.
    return other.getBigInt64(start + length - 8) === view.getBigInt64(offset + length - 8);
  }
  for (; index < length; index++) {
    if (other.getUint8(start + index) !== view.getUint8(offset + index)) return false;
  }
  return true;
}
