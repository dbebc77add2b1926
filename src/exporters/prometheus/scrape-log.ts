import type { IncomingMessage } from 'node:http';
import type { Clock } from '#component/component.ts';
import type { RecordedScrape, ScrapesView } from '#component/views/scrapes-view.ts';
import type { ObservedScrape } from '#prometheus/exposition/metrics-route.ts';

const maxRecent = 60;
const maxScrapers = 32;
/** Maximum number of characters of a User-Agent to store. */
const maxText = 200;

type Scraper = ScrapesView['scrapers'][number];

/** The latest scrapes, and the latest scrape of each scraper, for the console. */
export class ScrapeLog {
  readonly #clock: Clock;
  #recent: RecordedScrape[] = [];
  /** Scrapers by address and User-Agent, in the order of their latest scrape. */
  readonly #scrapers = new Map<string, Scraper>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  record(scrape: ObservedScrape, request: IncomingMessage): void {
    const recorded: RecordedScrape = {
      unixMs: this.#clock.now(),
      address: request.socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, '') ?? '',
      userAgent: (request.headers['user-agent'] ?? '').slice(0, maxText),
      isScraper: request.headers['x-prometheus-scrape-timeout-seconds'] !== undefined,
      format: scrape.format.contentType,
      coding: scrape.coding,
      bytes: scrape.bodyBytes,
      durationMs: scrape.durationMs,
      outcome: scrape.outcome,
    };
    this.#recent.push(recorded);
    if (this.#recent.length > 2 * maxRecent) this.#recent = this.#recent.slice(-maxRecent);
    if (recorded.isScraper && recorded.outcome === 'sent') this.#recordScraper(recorded);
  }

  view(): ScrapesView {
    return { recent: this.#recent.slice(-maxRecent).reverse(), scrapers: [...this.#scrapers.values()].reverse() };
  }

  #recordScraper(recorded: RecordedScrape): void {
    const key = `${recorded.address} ${recorded.userAgent}`;
    const known = this.#scrapers.get(key);
    this.#scrapers.delete(key);
    if (this.#scrapers.size >= maxScrapers) this.#scrapers.delete(this.#scrapers.keys().next().value!);
    this.#scrapers.set(key, { ...recorded, intervalMs: known && recorded.unixMs - known.unixMs });
  }
}
