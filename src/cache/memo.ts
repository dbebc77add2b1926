/**
 * Remembers what was made of an immutable object, by reference, up to a weight. Two generations of a Map: when the
 * young one has half of the weight it becomes the old one, and what is asked for again moves over; the rest is forgotten.
 * Pipeline data is interned while it is decoded, so the same object comes again and again.
 */
export class Memo<Key extends object, Value> {
  #young = new Map<Key, Value>();
  #old = new Map<Key, Value>();
  #youngWeight = 0;
  readonly #halfWeight: number;
  readonly #weigh: (value: Value) => number;

  /** `limit` bounds the sum of `weigh(value)` over what is remembered; without `weigh` it counts the values. */
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

  /** Remembers `value`, and gives it back. A value of more than half of the limit is not kept. */
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

  /** Number of remembered values; one that has just moved over counts twice. */
  get size(): number {
    return this.#young.size + this.#old.size;
  }
}
