import { type AirflowVersion, airflowVariables, airflowVersions } from '#airflow/versions.ts';
import type { GettingStarted } from '#api/overview.ts';
import { portIn, portsOf } from '#http/rejection-causes.ts';
import { thousands } from '#text/thousands.ts';
import { type ApiContext, offered } from './context.ts';
import { currentCausesOf } from './current-causes.ts';
import { type Destination, destinationsOf } from './destinations.ts';
import { recentScrapes, scrapersOf } from './scrapers.ts';
import { many } from './words.ts';

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
    causes: currentCausesOf(context).slice(0, maxCauses),
    airflow: groupsOfVersions().map(({ versions, version }) => ({
      versions,
      note: noteOn(version),
      variables: Object.entries(airflowVariables({ host, port: ports.http, intervalMs }, version)),
    })),
    scrapeConfig: scrapeConfig(context, host),
  };
}

type Step = Omit<GettingStarted['steps'][number], 'state'> & { readonly isDone: boolean };

function stepsOf(context: ApiContext): GettingStarted['steps'] {
  const { views } = context;
  const clients = offered(views, 'clients').map(({ view }) => view);
  const stores = offered(views, 'series').map(({ view }) => view);
  const requests = clients.reduce((sum, view) => sum + view.requests, 0);
  const series = stores.reduce((sum, { seriesCount }) => sum + seriesCount, 0);
  const destinations = destinationsOf(context);
  const steps: Step[] = [
    { id: 'running', isDone: true, title: 'pitot runs', text: `It waits for OTLP on port ${portsOf(views).http}.` },
    {
      id: 'received',
      isDone: requests > 0 || series > 0,
      title: 'Airflow sends metrics',
      text: requests > 0 ? `${many(requests, 'request')} with data arrived.` : 'Nothing has arrived yet.',
    },
    ...(stores.length === 0 && destinations.length > 0
      ? [sentStep(destinations)]
      : [storedStep(stores.length > 0, series), scrapedStep(views)]),
  ];
  const current = steps.findIndex(({ isDone }) => !isDone);
  return steps.map(({ id, isDone, title, text }, i) => ({
    ...{ id, title, text },
    state: isDone ? 'done' : i === current ? 'current' : 'todo',
  }));
}

function storedStep(hasStore: boolean, series: number): Step {
  const text = !hasStore
    ? 'No metrics pipeline has a prometheus exporter.'
    : series === 0
      ? 'No series yet.'
      : `${thousands(series)} series.`;
  return { id: 'stored', isDone: series > 0, title: 'The metrics are in the /metrics output', text };
}

function scrapedStep(views: ApiContext['views']): Step {
  const scraper = scrapersOf(views)[0];
  const reader = recentScrapes(views)[0];
  const text = scraper
    ? `Scraped by ${scraper.userAgent || scraper.address}.`
    : reader
      ? `Only ${reader.userAgent || reader.address} has read /metrics. Prometheus has not scraped yet.`
      : 'Nobody has read /metrics yet.';
  return { id: 'scraped', isDone: scraper !== undefined, title: 'Prometheus reads them', text };
}

/** The last step of a configuration without a `/metrics` output. */
function sentStep(destinations: readonly Destination[]): Step {
  const sent = destinations.reduce((sum, each) => sum + each.sent, 0);
  const failed = destinations.reduce((sum, each) => sum + each.failed, 0);
  const named = sent > 0 ? destinations.filter((each) => each.sent > 0) : destinations;
  const ids = named.map(({ id }) => id).join(', ');
  const text =
    sent > 0
      ? `${many(sent, 'data point')} sent by ${ids}.`
      : failed > 0
        ? `${ids} could not send ${many(failed, 'data point')}. See the log under Problems.`
        : `${ids} has sent nothing yet.`;
  return { id: 'sent', isDone: sent > 0, title: 'pitot sends them on', text };
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

function scrapeConfig({ views }: ApiContext, host: string): string {
  const listeners = offered(views, 'listeners').flatMap(({ view }) => view());
  const metrics = listeners.find(({ purpose }) => purpose === 'metrics');
  const scheme = metrics?.hasTls ? '    scheme: https\n' : '';
  const target = `${host}:${portIn(metrics?.address) ?? 8889}`;
  return `scrape_configs:\n  - job_name: airflow\n    honor_labels: true\n    scrape_interval: 15s\n${scheme}    static_configs:\n      - targets: ["${target}"]\n`;
}
