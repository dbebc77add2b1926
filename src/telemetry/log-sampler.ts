import { crc32 } from 'node:zlib';
import type { LogLevel } from '#component/component.ts';

/** `service.telemetry.logs.sampling` */
export interface LogSampling {
  /** Milliseconds after which counting starts again. */
  readonly tick: number;
  /** Entries of one level and message that are written in each tick. */
  readonly initial: number;
  /** After those, each N-th; 0: none. */
  readonly thereafter: number;
}

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
/** Messages share this many counters for each level, which bounds the memory; two may fall together, as in the collector. */
const slots = 4096;

/**
 * Decides which entries are written, by level and whole message (behaviour.md §3.2 "Sampling surprise"). The hash is CRC-32
 * because a debug body of megabytes must be read once at memory speed.
 */
export class LogSampler {
  readonly #sampling: LogSampling;
  readonly #counts = new Uint32Array(levels.length * slots);
  readonly #resetAt = new Float64Array(levels.length * slots);

  constructor(sampling: LogSampling) {
    this.#sampling = sampling;
  }

  /** @param now milliseconds, monotonic */
  accepts(level: LogLevel, message: string | Uint8Array, now: number): boolean {
    const slot = levels.indexOf(level) * slots + (crc32(message) % slots);
    if (now >= this.#resetAt[slot]!) {
      this.#resetAt[slot] = now + this.#sampling.tick;
      this.#counts[slot] = 0;
    }
    const count = ++this.#counts[slot]!;
    const { initial, thereafter } = this.#sampling;
    return count <= initial || (thereafter > 0 && (count - initial) % thereafter === 0);
  }
}
