/** Maximum number of hashes to keep. Above it, the estimate is accurate to about one percent. */
const maxKept = 16_384;

/**
 * Counts distinct hashes in limited memory: exactly up to 16,384, and above that by keeping a share of them (adaptive
 * sampling, Flajolet 1990).
 */
export class DistinctCount {
  readonly #kept = new Set<number>();
  #bits = 0;

  /** `hash` consists of two independent halves of 32 bits. */
  add([low, high]: readonly [low: number, high: number]): void {
    if (!this.#isSampled(high)) return;
    this.#kept.add((low >>> 0) + ((high >>> 0) % 0x20_0000) * 0x1_0000_0000);
    while (this.#kept.size > maxKept) {
      this.#bits += 1;
      for (const kept of this.#kept) if (!this.#isSampled(Math.floor(kept / 0x1_0000_0000))) this.#kept.delete(kept);
    }
  }

  get count(): number {
    return this.#kept.size * 2 ** this.#bits;
  }

  /** Whether the lowest bits are zero. Uses up to 21 bits of the half. */
  #isSampled(high: number): boolean {
    return (high & (2 ** Math.min(this.#bits, 21) - 1)) === 0;
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

export function mixed(half: number): number {
  let value = half;
  value = Math.imul(value ^ (value >>> 16), 0x7feb352d);
  value = Math.imul(value ^ (value >>> 15), 0x846ca68b);
  return value ^ (value >>> 16);
}
