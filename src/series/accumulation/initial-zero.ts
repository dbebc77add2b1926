import type { Clock } from '#component/component.ts';
import type { Slices } from '#flow/slices.ts';
import type { AccumulatedSeries } from './streams/accumulated-series.ts';

export interface InitialZeroOptions {
  readonly clock: Clock;
  readonly isEnabled: boolean;
  /** Time for which the 0 remains after all scrapers have received it, ms. */
  readonly holdMs: number;
  /** Maximum duration of the initial 0, ms. */
  readonly maxHoldMs: number;
  /** Called when the value of the series is shown from now on. */
  readonly release: (series: AccumulatedSeries) => void;
}

interface Held {
  /** Start of the initial 0, monotonic clock, ms. */
  readonly sinceMs: number;
  /** Time at which all known scrapers had received the 0, monotonic clock, ms. */
  receivedMs: number | undefined;
}

interface Scraper {
  /** Time of its latest scrape, monotonic clock, ms. */
  seenMs: number;
  /** Number of its latest complete scrape; 0 if there is none. */
  completed: number;
}

/** Time after its last scrape for which pitot waits for a scraper, ms. */
const scraperMs = 300_000;
/** Number of series to process between two pauses. */
const seriesPerSlice = 1_000;
/** Maximum number of known scrapers. */
const maxScrapers = 100;

/**
 * Reports a new counter or histogram as 0 until each known scraper has received that 0 in a complete scrape. Prometheus
 * cannot detect an increase before the first sample of a series, so `increase()` would otherwise omit the first events.
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

  /** Reports 0 for a new series, or for a restored one whose initial 0 had not ended. */
  hold(series: AccumulatedSeries): void {
    if (!this.#options.isEnabled) return;
    series.isZeroHeld = true;
    this.#held.set(series, { sinceMs: this.#options.clock.monotonic(), receivedMs: undefined });
  }

  /** Call when a scrape has begun. `nowMs` is the monotonic clock. */
  began(scraper: string, nowMs: number): void {
    const known = this.#scrapers.get(scraper);
    this.#scrapers.delete(scraper);
    this.#scrapers.set(scraper, { seenMs: nowMs, completed: known?.completed ?? 0 });
    for (const [name, { seenMs }] of this.#scrapers) {
      if (nowMs - seenMs <= scraperMs && this.#scrapers.size <= maxScrapers) break;
      this.#scrapers.delete(name);
    }
  }

  /** Call when the scrape with number `scrape` has been sent completely. */
  *completed(scraper: string, scrape: number, nowMs: number): Slices<void> {
    const known = this.#scrapers.get(scraper);
    if (known && scrape > known.completed) known.completed = scrape;
    yield* this.refresh(nowMs);
  }

  /** Ends the initial zero of series whose time has passed, in slices. */
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

  /** Call when the value of the series has already been shown. */
  reveal(series: AccumulatedSeries): void {
    this.forget(series);
    series.isZeroHeld = false;
  }

  /** Call when the series was removed. */
  forget(series: AccumulatedSeries): void {
    this.#held.delete(series);
  }

  /** Returns the lowest number among the latest complete scrapes of known scrapers. 0 if there is none. */
  #receivedByAll(nowMs: number): number {
    let received = Number.POSITIVE_INFINITY;
    for (const { seenMs, completed } of this.#scrapers.values()) {
      if (nowMs - seenMs <= scraperMs) received = Math.min(received, completed);
    }
    return Number.isFinite(received) ? received : 0;
  }
}
