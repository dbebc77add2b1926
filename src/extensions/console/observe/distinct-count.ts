/** Maximum number of hashes to keep. Above it, the estimate is accurate to about one percent. */
const maxKept = 8_192;

/** Places of the table: twice as many, so that searches are short. */
const places = 2 * maxKept;

/**
 * Counts distinct hashes in limited memory: exactly up to 8,192, and above that by keeping a share of them (adaptive
 * sampling, Flajolet 1990).
 */
export class DistinctCount {
  /** Hash table with open addressing; 0: free. */
  #kept = new Float64Array(places);
  #size = 0;
  #bits = 0;
  /** At most 21 bits of the half are kept. */
  #mask = 0;

  /** `hash` consists of two independent halves of 32 bits. */
  add([low, high]: readonly [low: number, high: number]): void {
    if ((high & this.#mask) !== 0) return;
    this.#insert((low >>> 0) + ((high >>> 0) % 0x20_0000) * 0x1_0000_0000 || 1);
    while (this.#size > maxKept) this.#halve();
  }

  get count(): number {
    return this.#size * 2 ** this.#bits;
  }

  /** Whether the count is exact. */
  get isExact(): boolean {
    return this.#bits === 0;
  }

  #insert(hash: number): void {
    let place = (hash % 0x1_0000_0000) & (places - 1);
    for (;;) {
      const kept = this.#kept[place];
      if (kept === hash) return;
      if (kept === 0) break;
      place = (place + 1) & (places - 1);
    }
    this.#kept[place] = hash;
    this.#size += 1;
  }

  /** Keeps the hashes with one more bit that is zero. */
  #halve(): void {
    this.#bits += 1;
    this.#mask = 2 ** Math.min(this.#bits, 21) - 1;
    const before = this.#kept;
    this.#kept = new Float64Array(places);
    this.#size = 0;
    for (const hash of before) {
      if (hash !== 0 && (Math.floor(hash / 0x1_0000_0000) & this.#mask) === 0) this.#insert(hash);
    }
  }
}

/** Returns a hash of a text in two halves of 32 bits (FNV-1a with two seeds and a final mix). */
export function hashOf(text: string): readonly [low: number, high: number] {
  let low = 0x811c9dc5;
  let high = 0x9dc5811c;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code ^ (low >>> 15), 0x85ebca6b);
  }
  return [mixed(low), mixed(high ^ text.length)];
}

/** Distributes a 32-bit integer over all bits. The result is signed. */
export function mixed(half: number): number {
  let value = half;
  value = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  value = Math.imul(value ^ (value >>> 15), 0x846ca68b);
  return value ^ (value >>> 16);
}
