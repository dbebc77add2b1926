import type { Clock, Logger } from '#component/component.ts';
import { timerDelay } from '#component/timer-delay.ts';
import type { InFlightBudget } from '#flow/in-flight.ts';
import type { MemoryLimiterConfig } from './config.ts';
import type { ProcessMemory } from './process-memory.ts';

const mebibyte = 1024 * 1024;
/**
 * Number of items between two checks. A check takes about two microseconds, and a thousand new series about a megabyte.
 */
const itemsBetweenLooks = 1000;

/** Dependencies of {@link MemoryLimiter}. */
export interface MemoryLimiterParts {
  readonly logger: Logger;
  readonly clock: Clock;
  readonly memory: ProcessMemory;
  /** Receives the state, so that large requests are refused before they are decoded. */
  readonly inFlight: Pick<InFlightBudget, 'setPressure'>;
}

/**
 * Share of the available memory above which data is refused even if the heap is small: free memory that has not been
 * returned to the system counts too when the system decides whether to kill a container.
 */
const dangerousShare = 0.9;

/** Called when the limiter begins to refuse data, and with undefined when it accepts data again. */
export type OnStatus = (problem: Error | undefined) => void;

/**
 * Checks the memory of the process at intervals and when data arrives, and determines whether to refuse data. All
 * pipelines with the same ID share one limiter (docs/reference/collector-behaviour.md#memory-limiter-processor).
 */
export class MemoryLimiter {
  readonly #config: MemoryLimiterConfig;
  readonly #parts: MemoryLimiterParts;
  readonly #limit: number;
  readonly #softLimit: number;
  /** Resident memory above which data is refused. */
  readonly #dangerous: number;
  readonly #worthCollecting: number;
  readonly #ofProgram: number;
  #mustRefuse = false;
  #lastCollection: number;
  #usedAfterCollection: number;
  #itemsSinceLook = 0;
  #isCollecting = false;
  readonly #users: OnStatus[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(config: MemoryLimiterConfig, parts: MemoryLimiterParts) {
    this.#config = config;
    this.#parts = parts;
    const [limit, spike] = this.#configuredLimits();
    const spikeLimit = spike === 0 ? Math.floor(limit / 5) : spike;
    this.#limit = limit;
    this.#softLimit = limit - spikeLimit;
    this.#dangerous = Math.max(dangerousShare * parts.memory.total(), limit);
    this.#worthCollecting = Math.floor(spikeLimit / 2);
    this.#lastCollection = parts.clock.monotonic();
    // A percentage must also cover the program itself, if there is enough memory. Same as in the Collector, a limit in
    // MiB is for data.
    this.#ofProgram = config.limitMib > 0 ? 0 : Math.min(parts.memory.program(), this.#softLimit / 2);
    this.#usedAfterCollection = this.#used();
    parts.logger.info('Memory limiter configured', {
      limit_mib: Math.floor(limit / mebibyte),
      spike_limit_mib: Math.floor(spikeLimit / mebibyte),
      check_interval: config.checkInterval / 1000,
    });
  }

  /** Whether to refuse data, as of the latest check. */
  get mustRefuse(): boolean {
    return this.#mustRefuse;
  }

  /** Starts checking when the first user starts. */
  start(onStatus: OnStatus = () => undefined): void {
    this.#users.push(onStatus);
    if (this.#users.length > 1) return;
    this.#timer = setInterval(() => this.check(), timerDelay(this.#config.checkInterval));
    this.#timer.unref();
  }

  /** Stops checking when the last user has stopped. */
  stop(): void {
    const onStatus = this.#users.pop();
    if (this.#mustRefuse) onStatus?.(undefined);
    if (this.#users.length > 0) return;
    clearInterval(this.#timer);
    this.#parts.inFlight.setPressure(this, false);
  }

  /**
   * Call for passed items. Much data can arrive between two intervals, so a check also follows every thousand items.
   * Above the soft limit, if half of the spike limit was allocated since the last collection, it collects garbage
   * regardless of the minimum intervals. See docs/adr/0012-memory-limiter.md.
   */
  passed(items: number): void {
    this.#itemsSinceLook += items;
    if (this.#itemsSinceLook < itemsBetweenLooks) return;
    this.#itemsSinceLook = 0;
    const used = this.#used();
    if (used < this.#softLimit || !this.#isWorthCollecting(used)) return;
    this.#collectAndDecide(used);
  }

  /** Checks the memory, collects garbage if that can help, and decides whether to refuse data. */
  check(): void {
    const { logger, memory } = this.#parts;
    const used = this.#used();
    const resident = memory.resident();
    logger.debug('Currently used memory.', inMebibytes(used));
    const { minGcIntervalWhenHardLimited, minGcIntervalWhenSoftLimited } = this.#config;
    if (used < this.#softLimit) {
      const isDangerous = resident >= this.#dangerous;
      if (this.#mustRefuse && !isDangerous) {
        logger.info('Memory usage back within limits. Resuming normal operation.', inMebibytes(used));
      }
      this.#decide(used, resident);
      if (resident >= this.#limit) {
        this.#giveBack(isDangerous ? minGcIntervalWhenHardLimited : minGcIntervalWhenSoftLimited);
      }
      return;
    }
    const isHard = used >= this.#limit;
    const isDue = this.#sinceCollection() > (isHard ? minGcIntervalWhenHardLimited : minGcIntervalWhenSoftLimited);
    if (isDue || this.#isWorthCollecting(used)) this.#collectAndDecide(used);
    else if (!this.#isCollecting) this.#decide(isHard ? used : this.#usedAfterCollection);
  }

  /** Whether so much has been allocated since the last collection that it can be garbage. */
  #isWorthCollecting(used: number): boolean {
    return used - this.#usedAfterCollection >= this.#worthCollecting;
  }

  /**
   * Collects garbage and decides by the memory that is in use afterwards. Refuses data in the meantime if above the
   * limit. Objects that become garbage while a collection is running remain, so another one follows before the first
   * refusal.
   */
  #collectAndDecide(before: number): void {
    if (this.#isCollecting) {
      if (before >= this.#limit) this.#decide(before);
      return;
    }
    const { logger } = this.#parts;
    if (before >= this.#limit) logger.warn('Memory usage is above hard limit. Forcing a GC.', inMebibytes(before));
    else logger.info('Memory usage is above soft limit. Forcing a GC.', inMebibytes(before));
    const decide = () => {
      logger.info('Memory usage after GC.', inMebibytes(this.#usedAfterCollection));
      this.#decide(this.#usedAfterCollection);
    };
    this.#collect(() => {
      const used = this.#usedAfterCollection;
      if (this.#mustRefuse || used < this.#softLimit || used >= this.#limit) return decide();
      logger.info('Memory usage after GC.', inMebibytes(used));
      this.#collect(decide);
    });
    if (this.#isCollecting && before >= this.#limit) this.#decide(before);
  }

  #decide(used: number, resident = this.#parts.memory.resident()): void {
    const { logger } = this.#parts;
    const mustRefuse = used >= this.#softLimit || resident >= this.#dangerous;
    if (mustRefuse && !this.#mustRefuse) {
      if (used >= this.#softLimit) {
        logger.warn('Memory usage is above soft limit. Refusing data.', inMebibytes(used));
      } else {
        logger.warn('Resident memory is above 90% of the available memory. Refusing data.', inMebibytes(resident));
      }
    }
    this.#setRefusing(mustRefuse);
  }

  #setRefusing(mustRefuse: boolean): void {
    if (mustRefuse === this.#mustRefuse) return;
    this.#mustRefuse = mustRefuse;
    this.#parts.inFlight.setPressure(this, mustRefuse);
    const problem = mustRefuse ? new Error('data refused due to high memory usage') : undefined;
    for (const onStatus of this.#users) onStatus(problem);
  }

  /**
   * Uncollected garbage keeps memory of the operating system in use. A collection releases it before the container is
   * killed.
   */
  #giveBack(minInterval: number): void {
    if (this.#isCollecting || this.#sinceCollection() <= minInterval) return;
    const { logger, memory } = this.#parts;
    logger.debug('Resident memory is above hard limit. Forcing a GC.', inMebibytes(memory.resident()));
    this.#collect(() => undefined);
  }

  #collect(done: () => void): void {
    const { memory, clock } = this.#parts;
    this.#isCollecting = true;
    memory.collectGarbage(() => {
      this.#isCollecting = false;
      this.#lastCollection = clock.monotonic();
      this.#usedAfterCollection = this.#used();
      done();
    });
  }

  #used(): number {
    return this.#ofProgram + this.#parts.memory.used();
  }

  #sinceCollection(): number {
    return this.#parts.clock.monotonic() - this.#lastCollection;
  }

  /** Returns limit and spike limit in bytes. The spike limit is 0 if it is not set. */
  #configuredLimits(): [limit: number, spikeLimit: number] {
    const { limitMib, spikeLimitMib, limitPercentage, spikeLimitPercentage } = this.#config;
    if (limitMib > 0) return [limitMib * mebibyte, spikeLimitMib * mebibyte];
    const total = this.#parts.memory.total();
    this.#parts.logger.info('Using percentage memory limiter', {
      total_memory_mib: Math.floor(total / mebibyte),
      limit_percentage: limitPercentage,
      spike_limit_percentage: spikeLimitPercentage,
    });
    return [Math.floor((limitPercentage * total) / 100), Math.floor((spikeLimitPercentage * total) / 100)];
  }
}

function inMebibytes(bytes: number): { cur_mem_mib: number } {
  return { cur_mem_mib: Math.floor(bytes / mebibyte) };
}
