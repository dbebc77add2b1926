import type { Clock } from '#component/component.ts';
import type { Slices } from '#flow/slices.ts';
import type { AccumulatedSeries } from './streams/accumulated-series.ts';

export interface InitialZeroOptions {
  readonly clock: Clock;
  readonly isEnabled: boolean;
  /** Time for which the 0 stays after all scrapers have received it, ms. */
  readonly holdMs: number;
  /** Time after which the 0 ends at the latest, ms. */
  readonly maxHoldMs: number;
  /** The value of the series is shown from now on. */
  readonly release: (series: AccumulatedSeries) => void;
}

interface Held {
  /** Monotonic ms. */
  readonly sinceMs: number;
  /** Monotonic ms at which all known scrapers had received the 0. */
  receivedMs: number | undefined;
}

interface Scraper {
  /** Monotonic ms of its latest scrape. */
  seenMs: number;
  /** Number of its latest complete scrape; 0 if there is none. */
  completed: number;
}

/** Time after its last scrape for which a scraper is waited for, ms. */
const scraperMs = 300_000;
/** Series that are gone through between two pauses. */
const seriesPerSlice = 1_000;
/** Scrapers that are known at the same time. */
const maxScrapers = 100;

/**
 * Prometheus cannot detect an increase that happened before the first sample of a series: `increase()` would omit the first events. A new
 * counter or histogram is therefore reported as 0 until each known scraper has received that 0 in a complete scrape.
 */
export class InitialZero {
  readonly #options: InitialZeroOptions;
  readonly #held = new Map<AccumulatedSeries, Held>();
  readonly #scrapers = new Map<string, Scraper>();

  constructor(options: InitialZeroOptions) {
    this.#options = options;
  }

  /** The series that are reported as 0. */
  get held(): Iterable<AccumulatedSeries> {
    return this.#held.keys();
  }

  get heldCount(): number {
    return this.#held.size;
  }

  /** Reports a new series as 0, or one that was restored before the 0 had ended. */
  hold(series: AccumulatedSeries): void {
    if (!this.#options.isEnabled) return;
    series.isZeroHeld = true;
    this.#held.set(series, { sinceMs: this.#options.clock.monotonic(), receivedMs: undefined });
  }

  /** A scrape has begun. `nowMs` is the monotonic clock. */
  began(scraper: string, nowMs: number): void {
    const known = this.#scrapers.get(scraper);
    this.#scrapers.delete(scraper);
    this.#scrapers.set(scraper, { seenMs: nowMs, completed: known?.completed ?? 0 });
    for (const [name, { seenMs }] of this.#scrapers) {
      if (nowMs - seenMs <= scraperMs && this.#scrapers.size <= maxScrapers) break;
      this.#scrapers.delete(name);
    }
  }

  /** The scrape that began as number `scrape` has been sent completely. */
  *completed(scraper: string, scrape: number, nowMs: number): Slices<void> {
    const known = this.#scrapers.get(scraper);
    if (known && scrape > known.completed) known.completed = scrape;
    yield* this.refresh(nowMs);
  }

  /** Ends the initial zero of the series for which it is time, in slices. */
  *refresh(nowMs: number): Slices<void> {
    if (this.#held.size === 0) return;
    let steps = 0;
    const { holdMs, maxHoldMs } = this.#options;
    const received = this.#receivedByAll(nowMs);
    for (const [series, held] of this.#held) {
      if (++steps % seriesPerSlice === 0) yield;
      if (received > 0 && series.createdScrape < received) held.receivedMs ??= nowMs;
      const isDue = held.receivedMs !== undefined && nowMs - held.receivedMs >= holdMs;
      if (!isDue && nowMs - held.sinceMs < Math.max(maxHoldMs, holdMs)) continue;
      this.reveal(series);
      this.#options.release(series);
    }
  }

  /** The value of the series has been shown already. */
  reveal(series: AccumulatedSeries): void {
    this.forget(series);
    series.isZeroHeld = false;
  }

  /** The series was removed. */
  forget(series: AccumulatedSeries): void {
    this.#held.delete(series);
  }

  /** The lowest of the known scrapers' latest complete scrapes; 0 if there is none. */
  #receivedByAll(nowMs: number): number {
    let received = Number.POSITIVE_INFINITY;
    for (const { seenMs, completed } of this.#scrapers.values()) {
      if (nowMs - seenMs <= scraperMs) received = Math.min(received, completed);
    }
    return Number.isFinite(received) ? received : 0;
  }
}
