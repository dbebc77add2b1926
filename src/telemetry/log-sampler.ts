import { crc32 } from 'node:zlib';
import type { LogLevel } from '#component/component.ts';

/** `service.telemetry.logs.sampling` */
export interface LogSampling {
  /** Duration of a counting interval in milliseconds. */
  readonly tick: number;
  /** Number of entries of one level and message that are written in each interval. */
  readonly initial: number;
  /** Each N-th further entry is written; 0 writes none. */
  readonly thereafter: number;
}

const levels: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];
/** Number of counters for each level, which limits memory. Two messages can share a counter, same as in the Collector. */
const slots = 4096;

/**
 * Decides which entries are written, by level and whole message, see docs/reference/collector-behaviour.md#log-sampling. The hash is
 * CRC-32 because it reads a debug body of megabytes at memory speed.
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
