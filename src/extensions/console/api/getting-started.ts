import { type AirflowVersion, airflowVariables, airflowVersions } from '#airflow/versions.ts';
import type { GettingStarted } from '#api/overview.ts';
import { portIn, portsOf } from '#http/rejection-causes.ts';
import { causesOf } from './causes.ts';
import { type ApiContext, offered } from './context.ts';
import { recentScrapes, scrapersOf } from './scrapers.ts';
import { thousands } from './words.ts';

const maxCauses = 20;
const intervalMs = 30_000;

/**
 * `GET getting-started`: the missing step, its cause, and the text to copy. `host`: name by which the user reaches the
 * console.
 */
export function gettingStartedOf(context: ApiContext, host: string): GettingStarted {
  const { views } = context;
  const ports = portsOf(views);
  const steps = stepsOf(context);
  return {
    isDone: steps.every(({ state }) => state === 'done'),
    steps,
    causes: [...emptyCause(context), ...causesOf(views).map(causeForApi)].slice(0, maxCauses),
    airflow: groupsOfVersions().map(({ versions, version }) => ({
      versions,
      note: noteOn(version),
      variables: Object.entries(airflowVariables({ host, port: ports.http, intervalMs }, version)),
    })),
    scrapeConfig: scrapeConfig(host, metricsPort(context)),
  };
}

function causeForApi({ code, title, observed, remedy, rejected }: ReturnType<typeof causesOf>[number]) {
  const { address, count, lastUnixMs } = rejected;
  return { code, title, observed, remedy, address, count, lastUnixMs };
}

/** Returns the cause if only requests without data arrive. */
function emptyCause({ views, clock }: ApiContext): GettingStarted['causes'] {
  const clients = offered(views, 'clients').map(({ view }) => view);
  const empty = clients.reduce((sum, { emptyRequests }) => sum + emptyRequests, 0);
  if (empty === 0 || clients.some(({ requests }) => requests > 0)) return [];
  return [
    {
      code: 'empty',
      title: 'Requests arrive, but contain no data points',
      observed: `${empty} empty requests`,
      remedy:
        'Task metrics exist only after a task has run. Start a Dag, and check that AIRFLOW__METRICS__METRICS_ALLOW_LIST does not exclude everything.',
      address: '',
      count: empty,
      lastUnixMs: clock.now(),
    },
  ];
}

function stepsOf({ views }: ApiContext): GettingStarted['steps'] {
  const clients = offered(views, 'clients').map(({ view }) => view);
  const stores = offered(views, 'series').map(({ view }) => view);
  const requests = clients.reduce((sum, view) => sum + view.requests, 0);
  const series = stores.reduce((sum, { seriesCount }) => sum + seriesCount, 0);
  const scraper = scrapersOf(views)[0];
  const reader = recentScrapes(views)[0];
  const steps = [
    { id: 'running', isDone: true, title: 'pitot runs', text: `It waits for OTLP on port ${portsOf(views).http}.` },
    {
      id: 'received',
      isDone: requests > 0 || series > 0,
      title: 'Airflow sends metrics',
      text: requests > 0 ? `${thousands(requests)} requests with data have arrived.` : 'Nothing has arrived yet.',
    },
    {
      id: 'stored',
      isDone: series > 0,
      title: 'The metrics are in the /metrics output',
      text: stores.length === 0 ? 'No metrics pipeline has a prometheus exporter.' : `${thousands(series)} series.`,
    },
    {
      id: 'scraped',
      isDone: scraper !== undefined,
      title: 'Prometheus reads them',
      text: scraper
        ? `Scraped by ${scraper.userAgent || scraper.address}.`
        : reader
          ? `Only ${reader.userAgent || reader.address} has read /metrics. Prometheus has not scraped yet.`
          : 'Nobody has read /metrics yet.',
    },
  ] as const;
  const current = steps.findIndex(({ isDone }) => !isDone);
  return steps.map(({ id, isDone, title, text }, i) => ({
    ...{ id, title, text },
    state: isDone ? 'done' : i === current ? 'current' : 'todo',
  }));
}

/** Returns groups of versions that need the same variables, newest first. */
function groupsOfVersions(): { readonly versions: string; readonly version: AirflowVersion }[] {
  const groups = new Map<boolean, AirflowVersion[]>();
  for (const version of airflowVersions) {
    const group = groups.get(version.readsOtelVariables) ?? [];
    groups.set(version.readsOtelVariables, [...group, version]);
  }
  return [...groups.values()].reverse().map((group) => {
    const [first, last] = [group[0]!, group.at(-1)!];
    return { versions: first === last ? first.version : `${first.version} – ${last.version}`, version: last };
  });
}

function noteOn({ readsOtelVariables, defaultEndpoint }: AirflowVersion): string {
  return readsOtelVariables
    ? 'Reads the variables of OpenTelemetry.'
    : `Ignores OTEL_EXPORTER_OTLP_ENDPOINT. Without these settings, it sends to ${defaultEndpoint}.`;
}

function metricsPort({ views }: ApiContext): number {
  const listeners = offered(views, 'listeners').flatMap(({ view }) => view());
  return portIn(listeners.find(({ purpose }) => purpose === 'metrics')?.address) ?? 8889;
}

function scrapeConfig(host: string, port: number): string {
  return `scrape_configs:\n  - job_name: airflow\n    honor_labels: true\n    static_configs:\n      - targets: ["${host}:${port}"]\n`;
}
