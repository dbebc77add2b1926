import type { Clock } from '#component/component.ts';
import type { Slices } from '#flow/slices.ts';
import type { AccumulatedSeries } from './streams/accumulated-series.ts';

/** Settings and dependencies of {@link InitialZero}. */
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

/** From this time on, all known scrapers had received the scrapes before `received`. */
interface Received {
  readonly received: number;
  /** Monotonic clock, ms. */
  readonly atMs: number;
}

/** Series whose initial zero began at the same time, at most as many as one slice processes. */
interface HeldGroup {
  /** Monotonic clock, whole ms. */
  readonly sinceMs: number;
  series: AccumulatedSeries[];
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
  /**
   * Series that are reported as 0, and some whose initial zero has ended since the last refresh. Lists, because a map
   * of a million series would need 50 bytes for each.
   */
  #groups: HeldGroup[] = [];
  #heldCount = 0;
  /** Ascending. Only the first one can be older than `holdMs`. */
  readonly #received: Received[] = [];
  readonly #scrapers = new Map<string, Scraper>();

  constructor(options: InitialZeroOptions) {
    this.#options = options;
  }

  get heldCount(): number {
    return this.#heldCount;
  }

  /** Reports 0 for a new series, or for a restored one whose initial 0 had not ended. */
  hold(series: AccumulatedSeries): void {
    if (!this.#options.isEnabled) return;
    series.isZeroHeld = true;
    this.#heldCount += 1;
    const sinceMs = Math.floor(this.#options.clock.monotonic());
    const latest = this.#groups.at(-1);
    if (latest?.sinceMs === sinceMs && latest.series.length < seriesPerSlice) latest.series.push(series);
    else this.#groups.push({ sinceMs, series: [series] });
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
    const { holdMs, maxHoldMs } = this.#options;
    const endBeforeMs = nowMs - Math.max(maxHoldMs, holdMs);
    const received = this.#receivedBefore(nowMs - holdMs, nowMs);
    let remaining = seriesPerSlice;
    // New series can be held during a pause, and another refresh can run.
    for (const group of this.#groups) {
      const { sinceMs, series } = group;
      const isOver = sinceMs <= endBeforeMs;
      group.series = series.filter((one) => {
        if (!one.isZeroHeld || !one.isLive) return false;
        if (!isOver && (received === 0 || one.createdScrape >= received)) return true;
        this.reveal(one);
        this.#options.release(one);
        return false;
      });
      remaining -= series.length;
      if (remaining > 0) continue;
      yield;
      remaining = seriesPerSlice;
    }
    this.#groups = this.#groups.filter(({ series }) => series.length > 0);
  }

  /** Call when the value of the series has already been shown. */
  reveal(series: AccumulatedSeries): void {
    this.forget(series);
    series.isZeroHeld = false;
  }

  /** Call when the series was removed. */
  forget(series: AccumulatedSeries): void {
    if (series.isZeroHeld) this.#heldCount -= 1;
  }

  /** Returns the number of the scrape that all known scrapers had received at `beforeMs`. 0 if there was none. */
  #receivedBefore(beforeMs: number, nowMs: number): number {
    const steps = this.#received;
    const received = this.#receivedByAll(nowMs);
    if (received > (steps.at(-1)?.received ?? 0)) steps.push({ received, atMs: nowMs });
    while (steps.length > 1 && steps[1]!.atMs <= beforeMs) steps.shift();
    const [first] = steps;
    return first !== undefined && first.atMs <= beforeMs ? first.received : 0;
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
