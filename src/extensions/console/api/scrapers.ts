import type { RecordedScrape } from '#component/views/scrapes-view.ts';
import type { ServiceViews } from '#component/views/service-views.ts';
import { offered } from './context.ts';

/** A scrape, with the ID of the exporter that answered it. */
export interface ExporterScrape extends RecordedScrape {
  readonly exporter: string;
}

/** Returns the latest scrapes of all exporters, newest first. */
export function recentScrapes(views: ServiceViews): ExporterScrape[] {
  return offered(views, 'scrapes')
    .flatMap(({ component, view }) => view().recent.map((scrape) => ({ exporter: component.id, ...scrape })))
    .sort((a, b) => b.unixMs - a.unixMs);
}

/** Returns the latest complete scrape of each scraper, newest first. */
export function scrapersOf(views: ServiceViews): (ExporterScrape & { readonly intervalMs: number | undefined })[] {
  return offered(views, 'scrapes')
    .flatMap(({ component, view }) => view().scrapers.map((scraper) => ({ exporter: component.id, ...scraper })))
    .sort((a, b) => b.unixMs - a.unixMs);
}

/** The product that scrapes, by its User-Agent, as within a sentence. */
export function productOf(userAgent: string): string {
  const known: readonly (readonly [RegExp, string])[] = [
    [/^Prometheus\//i, 'Prometheus'],
    [/^(vm_promscrape|VictoriaMetrics|vmagent)/i, 'VictoriaMetrics'],
    [/alloy/i, 'Grafana Alloy'],
    [/^(Grafana)?Agent\//i, 'Grafana Agent'],
    [/opentelemetry|otelcol/i, 'the OpenTelemetry Collector'],
    [/datadog/i, 'Datadog'],
  ];
  return known.find(([pattern]) => pattern.test(userAgent))?.[1] ?? 'a scraper';
}

/** Converts a scrape to its API form. */
export function scrapeForApi({
  exporter,
  unixMs,
  address,
  userAgent,
  isScraper,
  format,
  coding,
  bytes,
  durationMs,
  outcome,
}: ExporterScrape) {
  return { exporter, unixMs, address, userAgent, isScraper, format, coding, bytes, durationMs, outcome };
}
