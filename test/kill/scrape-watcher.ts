import { setTimeout as after } from 'node:timers/promises';
import { scraperHeaders } from '../support/bridge.ts';
import { ask } from '../support/http.ts';
import { countedSeries, readTextExposition } from '../support/text-exposition.ts';

/** Scrapes continuously, also across restarts of the process, and records every total that falls. */
export class ScrapeWatcher {
  /** Totals that fell: the series, the previous value, and the new value. */
  readonly falls: string[] = [];
  readonly #port: number;
  readonly #highest = new Map<string, number>();
  readonly #done: Promise<void>;
  #pages = 0;
  #isStopped = false;

  constructor(port: number) {
    this.#port = port;
    this.#done = this.#watch();
  }

  /** Stops scraping. @returns the number of complete responses */
  async stop(): Promise<number> {
    this.#isStopped = true;
    await this.#done;
    return this.#pages;
  }

  async #watch(): Promise<void> {
    while (!this.#isStopped) {
      const page = await ask(this.#port, { path: '/metrics', headers: scraperHeaders }).catch(() => undefined);
      if (page?.status === 200) this.#read(page.body);
      await after(5);
    }
  }

  #read(page: Buffer): void {
    this.#pages += 1;
    const seen = countedSeries(readTextExposition(page));
    for (const [key, value] of seen) {
      const before = this.#highest.get(key) ?? 0;
      if (value < before) this.falls.push(`${key}: ${before}, then ${value}`);
      else this.#highest.set(key, value);
    }
    for (const [key, value] of this.#highest) if (!seen.has(key)) this.falls.push(`${key}: ${value}, then gone`);
  }
}
