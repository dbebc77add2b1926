/**
 * Caches a value derived from an immutable object, by reference, up to a weight. The cache has two generations: when the new one reaches
 * half of the weight, it replaces the old one. A value that is read again moves to the new generation; the others are discarded. Pipeline
 * data is interned while it is decoded, so the same objects arrive repeatedly.
 */
export class Memo<Key extends object, Value> {
  #young = new Map<Key, Value>();
  #old = new Map<Key, Value>();
  #youngWeight = 0;
  readonly #halfWeight: number;
  readonly #weigh: (value: Value) => number;

  /** `limit` is the maximum sum of `weigh(value)` over all cached values; without `weigh`, their maximum number. */
  constructor(limit: number, weigh: (value: Value) => number = () => 1) {
    this.#halfWeight = limit / 2;
    this.#weigh = weigh;
  }

  get(key: Key): Value | undefined {
    const value = this.#young.get(key);
    if (value !== undefined) return value;
    const old = this.#old.get(key);
    if (old !== undefined) this.set(key, old);
    return old;
  }

  /** Caches `value` and returns it. A value heavier than half of the limit is not cached. */
  set(key: Key, value: Value): Value {
    const weight = this.#weigh(value);
    if (weight > this.#halfWeight) return value;
    if (this.#youngWeight + weight > this.#halfWeight) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngWeight = 0;
    }
    this.#young.set(key, value);
    this.#youngWeight += weight;
    return value;
  }

  /** Number of cached values; one that has moved to the new generation counts twice. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }
}
