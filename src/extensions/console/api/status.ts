import type { Status } from '#api/overview.ts';
import { collectorVersion, pitotVersion } from '#build-info.ts';
import { totalsOf } from '../observe/counters.ts';
import { type ApiContext, finite, offered } from './context.ts';
import { currentCausesOf } from './current-causes.ts';
import { destinationsOf } from './destinations.ts';
import { problemsOf } from './problems.ts';
import { productOf, recentScrapes, scrapeForApi, scrapersOf } from './scrapers.ts';
import { type Situation, verdictOf } from './verdict.ts';

const recentMs = 10 * 60_000;
/** Time since its latest request for which a client counts as active, ms. */
const activeMs = 5 * 60_000;
const maxClients = 1_000;
const maxScrapers = 10;

/** `GET status`: the current state, in one response. */
export function statusOf(context: ApiContext): Status {
  const { views, sampler, clock, startedUnixMs } = context;
  const nowUnixMs = clock.now();
  const stores = offered(views, 'series').map(({ view }) => view);
  const clients = offered(views, 'clients').map(({ view }) => view);
  const rates = sampler.rates();
  const scrapers = scrapersOf(views);
  const { points, ...errors } = totalsOf(views);
  const problems = problemsOf(context).problems;
  const lastUnixMs = Math.max(...clients.map((view) => view.lastUnixMs ?? 0), 0);
  const latest = sampler.samples.at(-1);
  const memory = process.memoryUsage();
  return {
    pitotVersion,
    collectorVersion,
    nodeVersion: process.versions.node,
    ...{ startedUnixMs, nowUnixMs },
    verdict: verdictOf(situationOf(context)),
    clients: {
      active: clients
        .flatMap((view) => view.sources(maxClients))
        .filter((source) => nowUnixMs - source.lastUnixMs <= activeMs).length,
      known: clients.reduce((sum, { known, evicted }) => sum + known + evicted, 0),
      requestsPerSecond: finite(rates.requests),
      pointsPerSecond: finite(rates.points),
      points,
      lastUnixMs: lastUnixMs || null,
    },
    output: {
      exporters: stores.length,
      series: stores.reduce((sum, { seriesCount }) => sum + seriesCount, 0),
      families: stores.reduce((sum, { familyCount }) => sum + familyCount, 0),
      targets: stores.reduce((sum, { targetCount }) => sum + targetCount, 0),
      maxSeries: stores.reduce((sum, { maxSeries }) => sum + maxSeries, 0),
      accumulates: stores.some(({ accumulates }) => accumulates),
    },
    scrapers: scrapers
      .slice(0, maxScrapers)
      .map((scraper) => ({ ...scrapeForApi(scraper), intervalMs: finite(scraper.intervalMs) })),
    destinations: destinationsOf(context).map(({ id, sent, failed }) => ({
      ...{ id, sent, failed },
      sentPerSecond: finite(rates.component(`exporter ${id} metrics`)),
    })),
    errors,
    process: {
      rssBytes: memory.rss,
      heapUsedBytes: memory.heapUsed,
      cpuShare: finite(latest?.cpuShare),
    },
    problems: {
      error: problems.filter(({ level }) => level === 'error').length,
      warning: problems.filter(({ level }) => level === 'warning').length,
      info: problems.filter(({ level }) => level === 'info').length,
    },
    listeners: offered(views, 'listeners').flatMap(({ component, view }) =>
      view().map(({ purpose, address, path, hasTls, hasAuth }) => ({
        component: component.id,
        ...{ purpose, address, path, hasTls, hasAuth },
      })),
    ),
  };
}

/** Returns the facts that determine the verdict. */
function situationOf(context: ApiContext): Situation {
  const { views, sampler, clock, startedUnixMs } = context;
  const nowUnixMs = clock.now();
  const clients = offered(views, 'clients').map(({ view }) => view);
  const stores = offered(views, 'series').map(({ view }) => view);
  const scrapers = scrapersOf(views);
  const sources = clients.flatMap((view) => view.sources(50));
  const times = clients.flatMap(({ lastUnixMs }) => lastUnixMs ?? []);
  return {
    ...{ nowUnixMs, startedUnixMs },
    hasOutput: stores.length > 0,
    destinations: destinationsOf(context).map(({ id }) => id),
    lastReceivedUnixMs: times.length > 0 ? Math.max(...times) : undefined,
    exportIntervalMs: longest(sources.map(({ intervalMs }) => intervalMs)),
    series: stores.reduce((sum, { seriesCount }) => sum + seriesCount, 0),
    lastScraperUnixMs: scrapers[0]?.unixMs,
    lastScrapeUnixMs: recentScrapes(views).find(({ outcome }) => outcome === 'sent')?.unixMs,
    scrapeIntervalMs: scrapers[0]?.intervalMs,
    scraperName: scrapers[0] ? productOf(scrapers[0].userAgent) : 'Prometheus',
    mistakes: currentCausesOf(context),
    ...sampler.lostLately(recentMs),
    degraded: views.problems().map(({ id, message }) => `${id}: ${message}`),
    isAirflow: sources.some(({ job }) => /airflow/i.test(job)) || stores.some((view) => hasAirflow(view.families())),
  };
}

function hasAirflow(families: Iterable<{ readonly name: string }>): boolean {
  for (const { name } of families) if (name.startsWith('airflow')) return true;
  return false;
}

function longest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length > 0 ? Math.max(...known) : undefined;
}
