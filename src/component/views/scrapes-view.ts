/** One answered scrape. Texts come from the network and are shortened. */
export interface RecordedScrape {
  /** When the response ended. */
  readonly unixMs: number;
  readonly address: string;
  readonly userAgent: string;
  /** Whether the client identifies as a scraper, by the header X-Prometheus-Scrape-Timeout-Seconds. */
  readonly isScraper: boolean;
  /** Media type of the response. */
  readonly format: string;
  readonly coding: string;
  /** Bytes of the response body. */
  readonly bytes: number;
  readonly durationMs: number;
  readonly outcome: 'sent' | 'aborted' | 'failed';
}

/** Who reads the `/metrics` output. */
export interface ScrapesView {
  /** Newest first; bounded. */
  readonly recent: readonly RecordedScrape[];
  /** Latest complete scrape of each scraper (address and User-Agent), newest first; bounded. */
  readonly scrapers: readonly (RecordedScrape & { readonly intervalMs: number | undefined })[];
}
