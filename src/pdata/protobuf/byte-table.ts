/** Bytes of a table entry, stored in a larger buffer. */
export interface KnownBytes {
  readonly hash: number;
  view: DataView;
  offset: number;
  readonly length: number;
}

const smallestTable = 64;

/**
 * Maximum number of slots to probe. Bytes that were chosen to collide are not stored, so they cannot turn every lookup
 * into a long search.
 */
const maxProbes = 32;

/**
 * Finds entries by their bytes without converting them to a string. Uses open addressing. Hashes are stored next to the
 * entries, so most entries that do not match are never accessed.
 */
export class ByteTable<Entry extends KnownBytes> {
  #entries: (Entry | undefined)[] = new Array<Entry | undefined>(smallestTable).fill(undefined);
  #hashes = new Int32Array(smallestTable);
  #size = 0;

  /** Returns the entry whose bytes equal `[start, end)` of a buffer and whose hash is `hash`. */
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

  /** Adds an entry that is not in the table. Returns false if there is no free slot within the probing distance. */
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

/** Random per process, so that clients cannot choose bytes that collide. */
const seed = (Math.random() * 2 ** 32) | 0;

/** Returns a hash of bytes, never 0. */
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
 * Whether the bytes of an entry equal those at `start`; at least that many bytes must exist. Compares eight bytes at a
 * time: the compiled code compares words and creates no BigInt (bench/micro/decode.bench.ts).
 */
export function areEqual({ view, offset, length }: KnownBytes, other: DataView, start: number): boolean {
  let index = 0;
  for (; index + 8 <= length; index += 8) {
    if (other.getBigInt64(start + index) !== view.getBigInt64(offset + index)) return false;
  }
  if (index === length) return true;
  if (length >= 8) {
    // Compares the remaining bytes together with some that were already compared.
    return other.getBigInt64(start + length - 8) === view.getBigInt64(offset + length - 8);
  }
  for (; index < length; index++) {
    if (other.getUint8(start + index) !== view.getUint8(offset + index)) return false;
  }
  return true;
}
