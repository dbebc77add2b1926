import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { prometheusName, type RecordedMetric, readAirflowMetrics } from '../../deploy/airflow/metrics.ts';
import { emptyOwnPanels, emptyOwnRules, emptyRules, expectedEmpty } from './expected-empty.ts';
import { dashboardFor, emptyQueries, hasData, ruleExpressions } from './panel-data.ts';
import { dashboards, panelScrapeSeconds } from './panel-queries.ts';
import { prometheusVersions } from './prometheus-versions.ts';
import { dashboardOf, type RecordingName, scrapesOf, target } from './recorded.ts';
import type { Scrape } from './replay/record-scrapes.ts';
import { type Job, ReplayedTsdb } from './replay/replayed-tsdb.ts';
import { agentScrapes } from './simulated-agent.ts';

const recordings = Object.keys(dashboardOf) as RecordingName[];
const mainBranch = 'airflow-main';

const agentNames = readFileSync(new URL('../deploy/fixtures/agents.names.txt', import.meta.url), 'utf8')
  .trim()
  .split('\n');

/** The live recording, as if its Airflow recorded what the main branch adds. */
function mainBranchScrapes(live: readonly Scrape[]): Scrape[] {
  const added = Object.entries(readAirflowMetrics().main.added);
  return live.map(({ atMs, page }, index) => {
    const families = added.map(([name, { kind, labels }]) => {
      const prometheus = prometheusName(name, kind as RecordedMetric['kind'], true);
      const own = ['job="airflow"', ...labels.map((label) => `${label}="x"`)].join(',');
      if (kind !== 'timer') return `# TYPE ${prometheus} ${kind}\n${prometheus}{${own}} ${index}\n`;
      return `# TYPE ${prometheus} histogram\n${prometheus}_bucket{${own},le="+Inf"} ${index}\n${prometheus}_sum{${own}} ${index}\n${prometheus}_count{${own}} ${index}\n`;
    });
    return { atMs, page: Buffer.concat([page, Buffer.from(families.join(''))]) };
  });
}

/** Each recording is a separate cluster. */
const jobs: Job[] = [];
beforeAll(async () => {
  const options = { scrapeSeconds: panelScrapeSeconds };
  const job = (cluster: string, scrapes: readonly Scrape[]): Job => ({
    name: cluster,
    labels: { cluster, namespace: target.namespace, instance: target.instance },
    scrapes,
  });
  for (const name of recordings) {
    if (name !== 'airflow-3.3-live') jobs.push(job(name, await scrapesOf(name, 'text', options)));
  }
  const live = await scrapesOf('airflow-3.3-live', 'text', { ...options, hasOwnMetrics: true });
  jobs.push(job('airflow-3.3-live', live));
  jobs.push(job(mainBranch, mainBranchScrapes(live)));
  jobs.push({ name: 'pitot', scrapes: live.map(({ atMs, own }) => ({ atMs, page: own! })) });
  jobs.push({ name: 'agents', scrapes: agentScrapes(agentNames, live) });
}, 300_000);

describe.each(prometheusVersions())('Prometheus $version', (version) => {
  let tsdb: ReplayedTsdb;
  /** For each rule, the clusters for which its expression has data. */
  const ruleData = new Map<string, Set<string>>();
  beforeAll(async () => {
    tsdb = await ReplayedTsdb.start({ prometheus: version.prometheus, flags: [], format: 'text', jobs });
    for (const [name, expr] of ruleExpressions()) {
      const lines = await tsdb.queryRange(expr, 60);
      ruleData.set(name, new Set(lines.filter((line) => hasData([line])).map(({ metric }) => metric.cluster!)));
    }
  }, 300_000);
  afterAll(() => tsdb?.stop());

  test('scrapes without complaints', () => {
    expect(tsdb.complaints()).toEqual([]);
  });

  test.each(recordings)('each panel shows data for %s, or is listed as empty', async (name) => {
    expect(await emptyQueries(tsdb, dashboardFor(name), name)).toEqual(Object.keys(expectedEmpty[name]).sort());
  });

  test('each panel for VictoriaMetrics shows data', async () => {
    const dashboard = dashboards('dashboards-victoriametrics').find(({ title }) => title === 'Airflow 3.3')!;
    expect(await emptyQueries(tsdb, dashboard, 'airflow-3.3-live')).toEqual([]);
  });

  test.each(recordings)('each recording rule has data for %s, or is listed as empty', (name) => {
    const recorded = [...ruleData].filter(([rule]) => rule.includes(':'));
    expect(recorded.length).toBeGreaterThan(8);
    const empty = recorded.filter(([, clusters]) => !clusters.has(name)).map(([rule]) => rule);
    expect(empty.sort()).toEqual(Object.keys(emptyRules[name]).sort());
  });

  test.each(Object.entries(emptyOwnPanels))(
    'each panel about %s shows data, or is listed as empty',
    async (title, empty) => {
      const dashboard = dashboards().find((each) => each.title === title)!;
      expect(await emptyQueries(tsdb, dashboard)).toEqual(Object.keys(empty).sort());
    },
  );

  test.each(['pitot', 'agents'] as const)('each rule about %s is valid, and what it records has data', async (file) => {
    for (const [rule, expr] of ruleExpressions(file)) {
      const lines = await tsdb.queryRange(expr, 60);
      if (rule.includes(':') && !(rule in emptyOwnRules)) expect(hasData(lines), rule).toBe(true);
    }
  });

  test('each panel about the main branch of Airflow shows data', async () => {
    const dashboard = dashboards().find(({ title }) => title === 'Airflow after 3.3')!;
    expect(await emptyQueries(tsdb, dashboard, mainBranch)).toEqual([]);
  });
});
