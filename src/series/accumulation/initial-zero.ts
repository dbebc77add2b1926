import type { AccumulatedSeries } from './streams/accumulated-series.ts';

/**
 * Prometheus can't see a rise into the first sample of a series, so `increase()` would miss the first events. A new counter or
 * histogram is therefore served as 0 until one complete scrape has carried that, and for `holdMs` longer when there are
 * several Prometheus servers.
 */
export class ZeroFirst {
  readonly isEnabled: boolean;
  readonly #holdMs: number;
  /** The value of the series is to be shown from now on. */
  readonly #release: (series: AccumulatedSeries) => void;
  readonly #waiting = new Set<AccumulatedSeries>();
  /** Carried as 0, in the order of time. */
  readonly #carried = new Map<AccumulatedSeries, number>();

  constructor(options: { isEnabled: boolean; holdMs: number; release: (series: AccumulatedSeries) => void }) {
    this.isEnabled = options.isEnabled;
    this.#holdMs = options.holdMs;
    this.#release = options.release;
  }

  /** A new series, or one that was restored before it was ever carried. */
  hold(series: AccumulatedSeries): void {
    if (!this.isEnabled) return;
    series.isHeld = true;
    this.#waiting.add(series);
  }

  /** A scrape that began as number `scrape` has been sent completely. */
  scraped(scrape: number, nowMs: number): void {
    for (const series of this.#waiting) {
      if (series.bornScrape >= scrape) continue;
      this.#waiting.delete(series);
      this.#carried.set(series, nowMs);
    }
    this.refresh(nowMs);
  }

  refresh(nowMs: number): void {
    for (const [series, carriedMs] of this.#carried) {
      if (nowMs - carriedMs < this.#holdMs) break;
      this.#carried.delete(series);
      series.isHeld = false;
      this.#release(series);
    }
  }

  /** The series is shown with its value already. */
  reveal(series: AccumulatedSeries): void {
    this.forget(series);
    series.isHeld = false;
  }

  /** The series is gone. */
  forget(series: AccumulatedSeries): void {
    this.#waiting.delete(series);
    this.#carried.delete(series);
  }
}
