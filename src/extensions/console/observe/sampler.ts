import type { Clock } from '#component/component.ts';
import type { ServiceViews } from '#component/views/service-views.ts';
import { itemsByComponent, type Totals, totalsOf } from './counters.ts';
import { SeriesGrowth } from './series-growth.ts';
import { SeriesHistory } from './series-history.ts';

/** Interval of samples, ms, and number of samples to keep: one hour. */
export const stepMs = 10_000;
const maxSamples = 360;
/** Minimum time over which a rate is computed, ms. */
const minRateMs = 4_000;

/** Measurements at one time. */
export interface Sample {
  readonly unixMs: number;
  readonly pointsPerSecond: number;
  readonly errorsPerSecond: number;
  /** Number since the previous sample. */
  readonly droppedPoints: number;
  readonly refusedPoints: number;
  readonly unsentPoints: number;
  readonly series: number;
  /** Longest complete scrape since the previous sample. NaN if there is none. */
  readonly scrapeMs: number;
  readonly rssBytes: number;
  /** Share of one CPU. */
  readonly cpuShare: number;
}

interface Counted extends Totals {
  readonly atMs: number;
  readonly requests: number;
  readonly byComponent: ReadonlyMap<string, number>;
}

interface Rates {
  readonly points: number;
  readonly requests: number;
  component(key: string): number | undefined;
  total(key: string): number | undefined;
}

/**
 * Measures pitot every ten seconds for an hour, and the values of series for minutes, so that a console that was just
 * opened can show them.
 */
export class Sampler {
  readonly seriesHistory = new SeriesHistory();
  readonly seriesGrowth = new SeriesGrowth();
  readonly #views: ServiceViews;
  readonly #clock: Clock;
  #samples: Sample[] = [];
  #before: Counted;
  #latest: Counted;
  #cpu = process.cpuUsage();
  #cpuAtMs: number;
  #lastScrapeUnixMs: number;

  constructor(views: ServiceViews, clock: Clock) {
    this.#views = views;
    this.#clock = clock;
    this.#latest = this.#count();
    this.#before = this.#latest;
    this.#cpuAtMs = clock.monotonic();
    this.#lastScrapeUnixMs = clock.now();
  }

  /** Samples, oldest first. */
  get samples(): readonly Sample[] {
    return this.#samples;
  }

  /** Takes a sample. Call every `stepMs`. */
  sample(): void {
    const before = this.#latest;
    this.#before = before;
    this.#latest = this.#count();
    const seconds = Math.max(0.001, (this.#latest.atMs - before.atMs) / 1000);
    const errors = (totals: Totals) =>
      totals.refusedPoints + totals.droppedPoints + totals.unsentPoints + totals.rejectedRequests;
    this.#samples.push({
      unixMs: this.#clock.now(),
      pointsPerSecond: (this.#latest.points - before.points) / seconds,
      errorsPerSecond: (errors(this.#latest) - errors(before)) / seconds,
      droppedPoints: this.#latest.droppedPoints - before.droppedPoints,
      refusedPoints: this.#latest.refusedPoints - before.refusedPoints,
      unsentPoints: this.#latest.unsentPoints - before.unsentPoints,
      series: this.#seriesCount(),
      scrapeMs: this.#longestScrape(),
      rssBytes: process.memoryUsage.rss(),
      cpuShare: this.#cpuShare(),
    });
    if (this.#samples.length > maxSamples) this.#samples = this.#samples.slice(-maxSamples);
    const stores = this.#views.components().flatMap(({ views }) => views.series ?? []);
    this.seriesHistory.sample(stores, this.#clock.now());
    this.seriesGrowth.sample(stores, this.#clock.now());
  }

  /** Returns rates per second over the latest seconds, and totals by `itemsByComponent`. */
  rates(): Rates {
    const now = this.#count();
    const since = now.atMs - this.#latest.atMs >= minRateMs ? this.#latest : this.#before;
    const seconds = Math.max(0.001, (now.atMs - since.atMs) / 1000);
    return {
      points: (now.points - since.points) / seconds,
      requests: (now.requests - since.requests) / seconds,
      component: (key) => {
        const total = now.byComponent.get(key);
        return total === undefined ? undefined : (total - (since.byComponent.get(key) ?? 0)) / seconds;
      },
      total: (key) => now.byComponent.get(key),
    };
  }

  /** Returns the points that were dropped, refused, or not sent within this time, ms. */
  lostLately(withinMs: number): {
    readonly droppedLately: number;
    readonly refusedLately: number;
    readonly unsentLately: number;
  } {
    const now = totalsOf(this.#views);
    const since = this.#clock.now() - withinMs;
    let droppedLately = now.droppedPoints - this.#latest.droppedPoints;
    let refusedLately = now.refusedPoints - this.#latest.refusedPoints;
    let unsentLately = now.unsentPoints - this.#latest.unsentPoints;
    for (const { unixMs, droppedPoints, refusedPoints, unsentPoints } of this.#samples) {
      if (unixMs < since) continue;
      droppedLately += droppedPoints;
      refusedLately += refusedPoints;
      unsentLately += unsentPoints;
    }
    return { droppedLately, refusedLately, unsentLately };
  }

  #count(): Counted {
    const clients = this.#views.components().flatMap(({ views }) => views.clients ?? []);
    return {
      ...totalsOf(this.#views),
      atMs: this.#clock.monotonic(),
      requests: clients.reduce((sum, { requests }) => sum + requests, 0),
      byComponent: itemsByComponent(this.#views),
    };
  }

  #seriesCount(): number {
    return this.#views.components().reduce((sum, { views }) => sum + (views.series?.seriesCount ?? 0), 0);
  }

  #longestScrape(): number {
    const since = this.#lastScrapeUnixMs;
    this.#lastScrapeUnixMs = this.#clock.now();
    let longest = Number.NaN;
    for (const { views } of this.#views.components()) {
      for (const { unixMs, durationMs, outcome } of views.scrapes?.().recent ?? []) {
        if (unixMs > since && outcome === 'sent' && !(durationMs <= longest)) longest = durationMs;
      }
    }
    return longest;
  }

  #cpuShare(): number {
    const cpu = process.cpuUsage(this.#cpu);
    const elapsedMs = Math.max(1, this.#clock.monotonic() - this.#cpuAtMs);
    this.#cpu = process.cpuUsage();
    this.#cpuAtMs = this.#clock.monotonic();
    return (cpu.user + cpu.system) / 1000 / elapsedMs;
  }
}
