import type { Clock, OwnMetrics } from '#component/component.ts';
import type { ExpositionRenderer } from '#prometheus/exposition/exposition-renderer.ts';
import type { ObservedScrape } from '#prometheus/exposition/metrics-route.ts';
import type { SeriesStore } from '#series/series-store.ts';

/** An exporter whose own metrics are registered. */
export interface ObservedExporter {
  readonly id: string;
  readonly metrics: OwnMetrics;
  readonly clock: Clock;
  readonly store: SeriesStore;
  readonly renderer: ExpositionRenderer;
}

/** Registers the exporter's own metrics. Returns what to call after each scrape, and for each one that was refused. */
export function observeExporter({ id, metrics, clock, store, renderer }: ObservedExporter): {
  readonly scraped: (scrape: ObservedScrape) => void;
  readonly refused: () => void;
} {
  const labels = { exporter: id };
  let lastScrapeSeconds = 0;
  metrics.gauge(
    'pitot_prometheus_series',
    'Number of stored series, including hidden ones.',
    labels,
    () => store.seriesCount,
  );
  metrics.gauge(
    'pitot_prometheus_families',
    'Number of metric names that have series.',
    labels,
    () => store.familyCount,
  );
  metrics.gauge(
    'pitot_prometheus_targets',
    'Number of pairs of job and instance that have series.',
    labels,
    () => store.targetCount,
  );
  metrics.gauge(
    'pitot_prometheus_cached_output_bytes',
    'Size of the rendered parts that are kept for the next scrape in bytes.',
    labels,
    () => renderer.keptBytes,
  );
  metrics.gauge(
    'pitot_prometheus_last_scrape_timestamp_seconds',
    'Unix time of the last completed scrape in seconds.',
    labels,
    () => lastScrapeSeconds,
  );
  const bytes = metrics.histogram(
    'pitot_prometheus_scrape_bytes',
    'Size of the sent scrape responses in bytes, after compression.',
    [1e3, 1e4, 1e5, 1e6, 1e7, 1e8],
    labels,
  );
  const duration = metrics.histogram(
    'pitot_prometheus_scrape_duration_seconds',
    'Duration of scrapes in seconds, from the request to the last byte of the response.',
    [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10],
    labels,
  );
  const counters = {
    sent: scrapeCounter('sent'),
    aborted: scrapeCounter('aborted'),
    failed: scrapeCounter('failed'),
    refused: scrapeCounter('refused'),
  };

  function scrapeCounter(outcome: ObservedScrape['outcome'] | 'refused') {
    return metrics.counter(
      'pitot_prometheus_scrapes_total',
      'Total number of scrapes by outcome: sent, aborted, failed, or refused.',
      { ...labels, outcome },
    );
  }

  return {
    scraped: ({ outcome, bodyBytes, durationMs }) => {
      counters[outcome].add(1);
      if (outcome !== 'sent') return;
      bytes.record(bodyBytes);
      duration.record(durationMs / 1000);
      lastScrapeSeconds = clock.now() / 1000;
    },
    refused: () => counters.refused.add(1),
  };
}
