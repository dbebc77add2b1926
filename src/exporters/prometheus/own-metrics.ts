import type { Clock, OwnMetrics } from '#component/component.ts';
import type { ExpositionRenderer } from '#prometheus/exposition/exposition-renderer.ts';
import type { ObservedScrape } from '#prometheus/exposition/metrics-route.ts';
import type { SeriesStore } from '#series/series-store.ts';

export interface ObservedExporter {
  readonly id: string;
  readonly metrics: OwnMetrics;
  readonly clock: Clock;
  readonly store: SeriesStore;
  readonly renderer: ExpositionRenderer;
}

/** Registers what the exporter tells about itself; returns what is to be told of each scrape. */
export function observeExporter({
  id,
  metrics,
  clock,
  store,
  renderer,
}: ObservedExporter): (scrape: ObservedScrape) => void {
  const labels = { exporter: id };
  let lastScrapeSeconds = 0;
  metrics.gauge('pitot_prometheus_series', 'Live series, shown or not.', labels, () => store.seriesCount);
  metrics.gauge('pitot_prometheus_families', 'Metric names that have series.', labels, () => store.familyCount);
  metrics.gauge(
    'pitot_prometheus_targets',
    'Pairs of job and instance that have series.',
    labels,
    () => store.targetCount,
  );
  metrics.gauge(
    'pitot_prometheus_cached_output_bytes',
    'Rendered parts of pages that are kept for the next scrape.',
    labels,
    () => renderer.keptBytes,
  );
  metrics.gauge(
    'pitot_prometheus_last_scrape_timestamp_seconds',
    'When a page was sent completely for the last time.',
    labels,
    () => lastScrapeSeconds,
  );
  const bytes = metrics.histogram(
    'pitot_prometheus_scrape_bytes',
    'Sizes of the pages that were sent, as they were sent.',
    [1e3, 1e4, 1e5, 1e6, 1e7, 1e8],
    labels,
  );
  const duration = metrics.histogram(
    'pitot_prometheus_scrape_duration_seconds',
    'Times from the beginning of a scrape to its last byte.',
    [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10],
    labels,
  );
  const counters = {
    sent: scrapeCounter('sent'),
    aborted: scrapeCounter('aborted'),
    failed: scrapeCounter('failed'),
  };

  function scrapeCounter(outcome: ObservedScrape['outcome']) {
    return metrics.counter('pitot_prometheus_scrapes_total', 'Scrapes by how they ended.', { ...labels, outcome });
  }

  return ({ outcome, bodyBytes, durationMs }) => {
    counters[outcome].add(1);
    if (outcome !== 'sent') return;
    bytes.record(bodyBytes);
    duration.record(durationMs / 1000);
    lastScrapeSeconds = clock.now() / 1000;
  };
}
