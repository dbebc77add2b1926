import type { Verdict } from '#api/overview.ts';
import { duration, many } from './words.ts';

/** Facts that determine the verdict. Times are in ms, undefined for never. */
export interface Situation {
  readonly nowUnixMs: number;
  readonly startedUnixMs: number;
  /** Whether metrics can reach a `/metrics` output. */
  readonly hasOutput: boolean;
  /** Exporters that send metrics to another server. */
  readonly destinations: readonly string[];
  readonly lastReceivedUnixMs: number | undefined;
  /** Longest usual time between two requests with data. */
  readonly exportIntervalMs: number | undefined;
  readonly series: number;
  /** Latest complete scrape by a scraper, and by any client. */
  readonly lastScraperUnixMs: number | undefined;
  readonly lastScrapeUnixMs: number | undefined;
  readonly scrapeIntervalMs: number | undefined;
  readonly scraperName: string;
  /** Mistakes of clients, the most severe and latest first. After data has arrived, only mistakes that recur. */
  readonly mistakes: readonly { readonly code: string; readonly title: string; readonly level: string }[];
  /** Points that were dropped or refused within the last ten minutes. */
  readonly droppedLately: number;
  readonly refusedLately: number;
  /** Points that exporters could not send within the last ten minutes. */
  readonly unsentLately: number;
  /** Messages of degraded components. */
  readonly degraded: readonly string[];
  readonly isAirflow: boolean;
}

const minute = 60_000;

/** Returns one true sentence about the state. The first matching rule decides. */
export function verdictOf(now: Situation): Verdict {
  return broken(now) ?? silent(now) ?? unread(now) ?? lossy(now) ?? fine(now);
}

function broken({ hasOutput, destinations, degraded, refusedLately, unsentLately }: Situation): Verdict | undefined {
  if (degraded.length > 0) return verdict('error', 'degraded', `${sentence(degraded[0]!)}`, 'problems');
  if (refusedLately > 0) {
    const text = `pitot refused ${many(refusedLately, 'data point')} in the last ten minutes. Clients retry for a limited time.`;
    return verdict('error', 'refused', text, 'problems');
  }
  if (unsentLately > 0) {
    const text = `pitot could not send ${many(unsentLately, 'data point')} in the last ten minutes.`;
    return verdict('error', 'send_failed', text, 'config');
  }
  if (hasOutput || destinations.length > 0) return undefined;
  return verdict(
    'error',
    'no_output',
    'No metrics pipeline has an exporter that Prometheus or another server reads.',
    'config',
  );
}

function silent({ lastReceivedUnixMs, nowUnixMs, exportIntervalMs, mistakes, series }: Situation): Verdict | undefined {
  if (lastReceivedUnixMs === undefined) {
    const mistake = mistakes.find(({ level }) => level !== 'info');
    if (mistake?.level === 'error') return verdict('error', 'misdirected', sentence(mistake.title), 'start');
    if (mistake) return verdict('warning', mistake.code, sentence(mistake.title), 'start');
    const text = series > 0 ? 'No metrics have arrived since pitot restarted.' : 'No metrics have arrived yet.';
    return verdict('waiting', 'no_data', text, 'start');
  }
  const limitMs = Math.max(3 * minute, 3 * (exportIntervalMs ?? 0));
  const silentMs = nowUnixMs - lastReceivedUnixMs;
  if (silentMs <= limitMs) return undefined;
  return verdict('error', 'data_stopped', `No metrics have arrived for ${duration(silentMs)}.`, 'sources');
}

function unread(now: Situation): Verdict | undefined {
  if (!now.hasOutput) return undefined;
  const { nowUnixMs, lastScraperUnixMs, lastScrapeUnixMs, scrapeIntervalMs, startedUnixMs, scraperName } = now;
  if (lastScraperUnixMs === undefined) {
    if (now.destinations.length > 0) return undefined;
    if (lastScrapeUnixMs !== undefined && nowUnixMs - lastScrapeUnixMs < 3 * minute) {
      return verdict(
        'warning',
        'no_scraper',
        'Metrics arrive. Somebody has read /metrics, but no Prometheus server yet.',
        'start',
      );
    }
    const isNew = nowUnixMs - startedUnixMs < 3 * minute;
    const text = isNew
      ? 'Metrics arrive. Prometheus has not scraped them yet.'
      : 'Metrics arrive, but Prometheus does not scrape them.';
    return verdict(isNew ? 'waiting' : 'error', 'no_scrape', text, 'start');
  }
  const limitMs = Math.max(3 * minute, 3 * (scrapeIntervalMs ?? 0));
  const unreadMs = nowUnixMs - lastScraperUnixMs;
  if (unreadMs <= limitMs) return undefined;
  const text = `${scraperName} has not scraped for ${duration(unreadMs)}.`;
  return verdict('error', 'scrape_stopped', text[0]!.toUpperCase() + text.slice(1), 'overview');
}

function lossy({ droppedLately, mistakes }: Situation): Verdict | undefined {
  const mistake = mistakes.find(({ level }) => level === 'error');
  if (mistake) {
    return verdict('warning', 'misdirected', `Metrics arrive, but not from every client: ${mistake.title}.`, 'start');
  }
  if (droppedLately === 0) return undefined;
  const text = `${many(droppedLately, 'data point')} ${droppedLately === 1 ? 'was' : 'were'} dropped in the last ten minutes.`;
  return verdict('warning', 'dropped', text, 'problems');
}

function fine({ isAirflow, scraperName, lastScraperUnixMs, destinations }: Situation): Verdict {
  const metrics = isAirflow ? 'Airflow’s metrics arrive' : 'Metrics arrive';
  if (lastScraperUnixMs === undefined) {
    return verdict('ok', 'ok', `${metrics}, and pitot sends them on: ${destinations.join(', ')}.`, '');
  }
  return verdict('ok', 'ok', `${metrics}, and ${scraperName} reads them.`, '');
}

function verdict(level: Verdict['level'], code: string, text: string, view: string): Verdict {
  return { level, code, text, view };
}

function sentence(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}
