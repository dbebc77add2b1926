import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { prometheusName, type RecordedMetric, readAirflowMetrics } from '../../deploy/airflow/metrics.ts';
import { expectedEmpty } from './expected-empty.ts';
import { dashboardFor, emptyQueries, ruleExpressions } from './panel-data.ts';
import { dashboards } from './panel-queries.ts';
import { prometheusVersions } from './prometheus-versions.ts';
import { dashboardOf, type RecordingName, scrapesOf, target } from './recorded.ts';
import type { Scrape } from './replay/record-scrapes.ts';
import { ReplayedTsdb } from './replay/replayed-tsdb.ts';
import { agentScrapes } from './simulated-agent.ts';

const recordings = Object.keys(dashboardOf) as RecordingName[];

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

describe.each(prometheusVersions())('Prometheus $version', (version) => {
  test.each(recordings.filter((name) => name !== 'airflow-3.3-live'))(
    'each panel shows data for %s, or is listed as empty',
    async (name) => {
      const jobs = [{ name: target.job, labels: target, scrapes: await scrapesOf(name, 'text') }];
      const tsdb = await ReplayedTsdb.start({ prometheus: version.prometheus, flags: [], format: 'text', jobs });
      try {
        expect((await emptyQueries(tsdb, dashboardFor(name))).sort()).toEqual(Object.keys(expectedEmpty[name]).sort());
        expect(tsdb.complaints()).toEqual([]);
        for (const [rule, expr] of ruleExpressions())
          await expect(tsdb.queryRange(expr, 300), rule).resolves.toBeDefined();
      } finally {
        await tsdb.stop();
      }
    },
  );

  test('each panel about pitot, agents, and the main branch of Airflow shows data', async () => {
    const live = await scrapesOf('airflow-3.3-live', 'text', { hasOwnMetrics: true });
    const jobs = [
      { name: target.job, labels: target, scrapes: mainBranchScrapes(live) },
      { name: 'pitot', scrapes: live.map(({ atMs, own }) => ({ atMs, page: own! })) },
      { name: 'agents', scrapes: agentScrapes(agentNames, live) },
    ];
    const tsdb = await ReplayedTsdb.start({ prometheus: version.prometheus, flags: [], format: 'text', jobs });
    try {
      for (const title of ['pitot', 'Remote Execution agents', 'Airflow after 3.3']) {
        const dashboard = dashboards().find((each) => each.title === title)!;
        expect(await emptyQueries(tsdb, dashboard), title).toEqual([]);
      }
      expect(tsdb.complaints()).toEqual([]);
    } finally {
      await tsdb.stop();
    }
  });
});
