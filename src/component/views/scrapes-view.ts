/** One answered scrape. Texts come from the network and are truncated. */
export interface RecordedScrape {
  /** End of the response. */
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

/** The clients that read the `/metrics` output. */
export interface ScrapesView {
  /** Newest first. The number is limited. */
  readonly recent: readonly RecordedScrape[];
  /** Latest complete scrape of each scraper (address and User-Agent), newest first. The number is limited. */
  readonly scrapers: readonly (RecordedScrape & { readonly intervalMs: number | undefined })[];
}
