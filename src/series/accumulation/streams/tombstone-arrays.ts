import type { Tombstone, TombstoneKey } from './tombstones.ts';

const smallestCapacity = 1_024;

/** Resolution of coarse clocks, ns. A more precise start time is unique to a process and its forks. */
const coarseNano = 1_000_000n;

/**
 * The columns of the tombstones: a ring in which the sequence number of a tombstone determines its position. Two hash
 * tables refer to the latest tombstone of a start time and of a process, and `links` from there to older ones. A link
 * to a discarded number ends its chain, so that discarding the oldest tombstone costs nothing.
 */
export class TombstoneArrays {
  #first = 0;
  #next = 0;
  #removed = 0;
  #capacity = 0;
  #series = new Int32Array(0);
  #identity = new Int32Array(0);
  #process = new Int32Array(0);
  #lowest = new Float32Array(0);
  #start = new BigUint64Array(0);
  #time = new Float64Array(0);
  #value = new Float64Array(0);
  #startHeads = new Uint32Array(0);
  #startLinks = new Uint32Array(0);
  #processHeads = new Uint32Array(0);
  #processLinks = new Uint32Array(0);

  /** Number of places in use, including those of removed tombstones. */
  get size(): number {
    return this.#next - this.#first;
  }

  /** Number of tombstones that have not been removed. */
  get count(): number {
    return this.size - this.#removed;
  }

  /** Number of the oldest tombstone. */
  get first(): number {
    return this.#first;
  }

  /** Number of the next tombstone. */
  get next(): number {
    return this.#next;
  }

  add({
    seriesHash,
    identity,
    process,
    startTimeUnixNano,
    timeUnixMs,
    value,
    lowest,
  }: Omit<Tombstone, 'limitUnixNano' | 'content'>) {
    if (this.size >= this.#capacity) this.#grow();
    const number = this.#next++;
    const slot = number & (this.#capacity - 1);
    this.#series[slot] = seriesHash;
    this.#identity[slot] = identity;
    this.#process[slot] = process;
    this.#start[slot] = startTimeUnixNano;
    this.#time[slot] = timeUnixMs;
    this.#value[slot] = value;
    this.#lowest[slot] = roundedUp(lowest);
    if (Number.isNaN(value)) this.#removed++;
    this.#link(number);
    return number;
  }

  /** `value` is NaN after `remove`. */
  read(number: number): Omit<Tombstone, 'limitUnixNano' | 'content'> {
    const slot = number & (this.#capacity - 1);
    return {
      seriesHash: this.#series[slot]!,
      identity: this.#identity[slot]!,
      process: this.#process[slot]!,
      startTimeUnixNano: this.#start[slot]!,
      timeUnixMs: this.#time[slot]!,
      value: this.#value[slot]!,
      lowest: this.#lowest[slot]!,
    };
  }

  process(number: number): number {
    return this.#process[number & (this.#capacity - 1)]!;
  }

  isRemoved(number: number): boolean {
    return Number.isNaN(this.#value[number & (this.#capacity - 1)]);
  }

  remove(number: number): void {
    this.#value[number & (this.#capacity - 1)] = Number.NaN;
    this.#removed++;
  }

  dropOldest(): void {
    if (this.isRemoved(this.#first)) this.#removed--;
    this.#first++;
  }

  /** Sets the number of the next tombstone to `number` or higher. The numbers in between are not used. */
  skipTo(number: number): void {
    if (number <= this.#next) return;
    if (this.size === 0) this.#first = number;
    else
      for (const missing = { ...this.read(this.#first), value: Number.NaN }; this.#next < number; ) this.add(missing);
    this.#next = number;
  }

  /**
   * Returns the number of the newest tombstone with that start time, or of the newest one before `later`. -1 if there is none. If the clock
   * of the start time is coarse, only tombstones of one process are found.
   */
  withStart(key: TombstoneKey, later = -1): number {
    if (this.size === 0) return -1;
    const { seriesHash, identity, startTimeUnixNano } = key;
    const mask = this.#capacity - 1;
    let link = later < 0 ? this.#startHeads[startHash(key) & mask]! : this.#startLinks[later & mask]!;
    for (let number = this.#numberOf(link); number >= 0; number = this.#numberOf(link)) {
      const slot = number & (this.#capacity - 1);
      if (
        this.#series[slot] === seriesHash &&
        isSame(this.#identity[slot]!, identity) &&
        this.#start[slot] === startTimeUnixNano &&
        !this.isRemoved(number)
      ) {
        return number;
      }
      link = this.#startLinks[slot]!;
    }
    return -1;
  }

  /** Returns the number of the newest tombstone of that process, or of the newest one before `later`. -1 if there is none. */
  withProcess(key: Omit<TombstoneKey, 'startTimeUnixNano'>, later = -1): number {
    if (this.size === 0) return -1;
    const { seriesHash, identity, process } = key;
    const mask = this.#capacity - 1;
    let link = later < 0 ? this.#processHeads[processHash(key) & mask]! : this.#processLinks[later & mask]!;
    for (let number = this.#numberOf(link); number >= 0; number = this.#numberOf(link)) {
      const slot = number & (this.#capacity - 1);
      const isSameProcess = this.#process[slot] === process && isSame(this.#identity[slot]!, identity);
      if (isSameProcess && this.#series[slot] === seriesHash && !this.isRemoved(number)) return number;
      link = this.#processLinks[slot]!;
    }
    return -1;
  }

  /**
   * Returns the number to which a link refers. The link contains its lowest 32 bits plus one. -1 if there is none or it
   * has been discarded.
   */
  #numberOf(link: number): number {
    if (link === 0) return -1;
    const distance = (this.#next - (link - 1)) >>> 0;
    return distance > this.size || distance === 0 ? -1 : this.#next - distance;
  }

  #link(number: number): void {
    const mask = this.#capacity - 1;
    const slot = number & mask;
    const link = ((number >>> 0) + 1) >>> 0;
    const key = this.read(number);
    const byStart = startHash(key) & mask;
    this.#startLinks[slot] = this.#startHeads[byStart]!;
    this.#startHeads[byStart] = link;
    const byProcess = processHash(key) & mask;
    this.#processLinks[slot] = this.#processHeads[byProcess]!;
    this.#processHeads[byProcess] = link;
  }

  #grow(): void {
    const oldCapacity = this.#capacity;
    const capacity = Math.max(smallestCapacity, oldCapacity * 2);
    this.#capacity = capacity;
    const columns = [
      [this.#series, new Int32Array(capacity)],
      [this.#identity, new Int32Array(capacity)],
      [this.#process, new Int32Array(capacity)],
      [this.#lowest, new Float32Array(capacity)],
      [this.#time, new Float64Array(capacity)],
      [this.#value, new Float64Array(capacity)],
    ] as const;
    const start = new BigUint64Array(capacity);
    for (let number = this.#first; number < this.#next; number++) {
      const from = number & (oldCapacity - 1);
      const to = number & (capacity - 1);
      for (const [old, grown] of columns) grown[to] = old[from]!;
      start[to] = this.#start[from]!;
    }
    this.#series = columns[0][1];
    this.#identity = columns[1][1];
    this.#process = columns[2][1];
    this.#lowest = columns[3][1];
    this.#time = columns[4][1];
    this.#value = columns[5][1];
    this.#start = start;
    this.#startHeads = new Uint32Array(capacity);
    this.#startLinks = new Uint32Array(capacity);
    this.#processHeads = new Uint32Array(capacity);
    this.#processLinks = new Uint32Array(capacity);
    for (let number = this.#first; number < this.#next; number++) this.#link(number);
  }
}

const startBits = new BigUint64Array(1);
const startWords = new Int32Array(startBits.buffer);

function startHash({ seriesHash, process, startTimeUnixNano }: TombstoneKey): number {
  startBits[0] = startTimeUnixNano;
  const hash = mixed(mixed(seriesHash, startWords[0]!), startWords[1]!);
  return startTimeUnixNano % coarseNano === 0n ? mixed(hash, process) : hash;
}

function processHash({ seriesHash, process }: Omit<TombstoneKey, 'startTimeUnixNano'>): number {
  return mixed(seriesHash, process);
}

function mixed(hash: number, word: number): number {
  const h = Math.imul(hash ^ word, 0x9e3779b1);
  return h ^ (h >>> 15);
}

/** Whether two identities are equal. 0 is an unknown identity. */
function isSame(a: number, b: number): boolean {
  return a === b || a === 0 || b === 0;
}

/** Returns the smallest float32 that is not below the number. */
function roundedUp(value: number): number {
  const rounded = Math.fround(value);
  if (!(rounded < value)) return rounded;
  return Math.fround(rounded + Math.max(2 ** -149, Math.abs(rounded) * 2 ** -23));
}
