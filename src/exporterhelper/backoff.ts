import type { RetryConfig } from './retry-config.ts';

type Intervals = Pick<RetryConfig, 'initialInterval' | 'randomizationFactor' | 'multiplier' | 'maxInterval'>;

/** Delays of the retries of one request: each is random around an interval that grows up to `maxInterval`. */
export class Backoff {
  readonly #config: Intervals;
  /** Returns a number from 0 to 1. */
  readonly #random: () => number;
  #interval: number;

  constructor(config: Intervals, random: () => number) {
    this.#config = config;
    this.#random = random;
    this.#interval = config.initialInterval;
  }

  /** Returns the next delay in milliseconds. */
  next(): number {
    const { randomizationFactor, multiplier, maxInterval } = this.#config;
    const spread = this.#interval * randomizationFactor;
    const delay = this.#interval - spread + this.#random() * 2 * spread;
    this.#interval = this.#interval >= maxInterval / multiplier ? maxInterval : this.#interval * multiplier;
    return delay;
  }
}
