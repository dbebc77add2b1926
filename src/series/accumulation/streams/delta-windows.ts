import type { DataPoint } from '#pdata/metrics.ts';

/** Maximum number of windows to keep per process. A client repeats its latest requests within minutes. */
export const maxWindows = 128;

/** Content of a window, and the occurrence of its metric. */
export interface WindowContent {
  /** Value or count. */
  readonly size: number;
  readonly sum: number;
  /** Differs between two metrics, even within one message. */
  readonly metricNumber: number;
}

/** The latest delta windows of one process, kept as hashes to detect exact repeats. */
export class DeltaWindows {
  /** Oldest first. */
  readonly hashes: number[] = [];
  /** Hashes of windows with an unknown sum; see state/version-1.ts. */
  withoutSum: readonly number[] | undefined = undefined;
  #metricNumber = -1;
  /** Number of hashes before the current metric: points of one metric are not repeats of each other. */
  #before = 0;

  /** Adds a window. Returns false if it repeats one. */
  add({ startTimeUnixNano, timeUnixNano }: DataPoint, { size, sum, metricNumber }: WindowContent): boolean {
    if (metricNumber !== this.#metricNumber) {
      this.#metricNumber = metricNumber;
      this.#before = this.hashes.length;
    }
    const hash = windowHash(startTimeUnixNano, timeUnixNano, size, sum);
    const found = this.hashes.indexOf(hash);
    if (found >= 0 && found < this.#before) return false;
    if (this.withoutSum?.includes(windowHash(startTimeUnixNano, timeUnixNano, size, Number.NaN))) return false;
    this.hashes.push(hash);
    if (this.hashes.length > maxWindows) {
      this.hashes.shift();
      if (this.#before > 0) this.#before -= 1;
    }
    return true;
  }
}

const times = new BigUint64Array(4);
const numbers = new Float64Array(times.buffer);
const words = new Int32Array(times.buffer);

/** Returns a hash of 53 bits. `sum` is NaN if unknown. */
export function windowHash(startTimeUnixNano: bigint, timeUnixNano: bigint, size: number, sum: number): number {
  times[0] = startTimeUnixNano;
  times[1] = timeUnixNano;
  numbers[2] = size;
  numbers[3] = sum;
  let high = 0x5bd1e995;
  let low = 0x1b873593;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    high = Math.imul(high ^ word, 0x9e3779b1);
    high ^= high >>> 15;
    low = Math.imul(low ^ word ^ high, 0x85ebca6b);
    low ^= low >>> 13;
  }
  return (high >>> 0) * 2 ** 21 + (low >>> 11);
}
