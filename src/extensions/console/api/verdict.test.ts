import { expect, test } from 'vitest';
import { type Situation, verdictOf } from './verdict.ts';

const now = 1_700_000_000_000;
const fine: Situation = {
  nowUnixMs: now,
  startedUnixMs: now - 3_600_000,
  hasOutput: true,
  destinations: [],
  lastReceivedUnixMs: now - 10_000,
  exportIntervalMs: 30_000,
  series: 300,
  lastScraperUnixMs: now - 5_000,
  lastScrapeUnixMs: now - 5_000,
  scrapeIntervalMs: 15_000,
  scraperName: 'Prometheus',
  mistakes: [],
  droppedLately: 0,
  refusedLately: 0,
  unsentLately: 0,
  degraded: [],
  isAirflow: true,
};
const mistake = { code: 'path', title: 'Nothing is received at the path /x', level: 'error' };
const empty = { code: 'empty', title: 'Requests arrive, but contain no data points', level: 'warning' };
const probe = { code: 'method', title: 'GET instead of POST', level: 'info' };
const never = { lastScraperUnixMs: undefined, lastScrapeUnixMs: undefined };

test.each<[Partial<Situation>, string, string]>([
  [{}, 'ok', 'Airflow’s metrics arrive, and Prometheus reads them.'],
  [{ isAirflow: false, scraperName: 'vmagent' }, 'ok', 'Metrics arrive, and vmagent reads them.'],
  [{ lastReceivedUnixMs: undefined, series: 0 }, 'waiting', 'No metrics have arrived yet.'],
  [{ lastReceivedUnixMs: undefined }, 'waiting', 'No metrics have arrived since pitot restarted.'],
  [{ lastReceivedUnixMs: undefined, mistakes: [mistake] }, 'error', 'Nothing is received at the path /x.'],
  [{ lastReceivedUnixMs: undefined, mistakes: [empty] }, 'warning', 'Requests arrive, but contain no data points.'],
  [{ lastReceivedUnixMs: undefined, mistakes: [mistake, probe] }, 'error', 'Nothing is received at the path /x.'],
  [{ lastReceivedUnixMs: undefined, series: 0, mistakes: [probe] }, 'waiting', 'No metrics have arrived yet.'],
  [
    { mistakes: [mistake] },
    'warning',
    'Metrics arrive, but not from every client: Nothing is received at the path /x.',
  ],
  [{ lastReceivedUnixMs: now - 420_000 }, 'error', 'No metrics have arrived for 7 minutes.'],
  [
    { lastReceivedUnixMs: now - 420_000, exportIntervalMs: 300_000 },
    'ok',
    'Airflow’s metrics arrive, and Prometheus reads them.',
  ],
  [{ lastScraperUnixMs: now - 190_000 }, 'error', 'Prometheus has not scraped for 3 minutes.'],
  [{ ...never }, 'error', 'Metrics arrive, but Prometheus does not scrape them.'],
  [{ ...never, startedUnixMs: now - 60_000 }, 'waiting', 'Metrics arrive. Prometheus has not scraped them yet.'],
  [
    { ...never, lastScrapeUnixMs: now - 5_000 },
    'warning',
    'Metrics arrive. Somebody has read /metrics, but no Prometheus server yet.',
  ],
  [{ droppedLately: 12 }, 'warning', '12 data points were dropped in the last ten minutes.'],
  [{ droppedLately: 1 }, 'warning', '1 data point was dropped in the last ten minutes.'],
  [
    { refusedLately: 1_200 },
    'error',
    'pitot refused 1,200 data points in the last ten minutes. Clients retry for a limited time.',
  ],
  [{ degraded: ['file_storage: disk full'] }, 'error', 'file_storage: disk full.'],
  [{ hasOutput: false }, 'error', 'No metrics pipeline has an exporter that Prometheus or another server reads.'],
  [
    { ...never, hasOutput: false, destinations: ['otlp', 'prometheusremotewrite'] },
    'ok',
    'Airflow’s metrics arrive, and pitot sends them on: otlp, prometheusremotewrite.',
  ],
  [{ ...never, destinations: ['otlp'] }, 'ok', 'Airflow’s metrics arrive, and pitot sends them on: otlp.'],
  [{ destinations: ['otlp'], unsentLately: 2 }, 'error', 'pitot could not send 2 data points in the last ten minutes.'],
])('%j is %s: %s', (changes, level, text) => {
  expect(verdictOf({ ...fine, ...changes })).toMatchObject({ level, text });
});
