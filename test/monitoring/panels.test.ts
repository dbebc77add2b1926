import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { prometheusName, type RecordedMetric, readAirflowMetrics } from '../../deploy/airflow/metrics.ts';
import { expectedEmpty } from './expected-empty.ts';
import { type DashboardJson, dashboards, filled } from './panel-queries.ts';
import { prometheusVersions, type ScrapeMode, scrapeModes } from './prometheus-versions.ts';
import { dashboardOf, type RecordingName, scrapesOf, target } from './recorded.ts';
import type { Format, Scrape } from './replay/record-scrapes.ts';
import { type Line, ReplayedTsdb } from './replay/replayed-tsdb.ts';
import { agentScrapes } from './simulated-agent.ts';

const versions = prometheusVersions();
const recordings = Object.keys(dashboardOf) as RecordingName[];
const cache = new Map<string, Promise<Scrape[]>>();

function scrapes(name: RecordingName, format: Format): Promise<Scrape[]> {
  const key = `${name} ${format}`;
  const known = cache.get(key) ?? scrapesOf(name, format);
  cache.set(key, known);
  return known;
}

/** The queries of a dashboard, each with its panel's title and its number in the panel. */
const queriesOf = (dashboard: DashboardJson) =>
  dashboard.panels.flatMap((panel) =>
    (panel.targets ?? []).map(({ expr }, index) => ({
      where: panel.targets!.length > 1 ? `${panel.title} #${index + 1}` : panel.title,
      expr: filled(expr),
    })),
  );

const hasData = (lines: readonly Line[]): boolean =>
  lines.some(
    ({ values, histograms }) => histograms !== undefined || (values ?? []).some(([, value]) => value !== 'NaN'),
  );

async function emptyQueries(tsdb: ReplayedTsdb, dashboard: DashboardJson): Promise<string[]> {
  const empty: string[] = [];
  for (const { where, expr } of queriesOf(dashboard)) if (!hasData(await tsdb.queryRange(expr, 30))) empty.push(where);
  return empty;
}

const dashboardFor = (name: RecordingName): DashboardJson =>
  dashboards().find(({ title }) => title === dashboardOf[name])!;

/** Expressions of the rules, with recorded series replaced by what is recorded. */
function ruleExpressions(): Map<string, string> {
  const file = new URL('../../helm/files/rules/airflow.yaml', import.meta.url);
  const rules: { record?: string; alert?: string; expr: string }[] = parse(readFileSync(file, 'utf8')).groups.flatMap(
    (group: { rules: object[] }) => group.rules,
  );
  const recorded = new Map<string, string>();
  const whole = (expr: string): string =>
    expr.replaceAll(
      /([a-z_]+:[a-z_0-9:]+)(\{[^}]*\})?(\[\w+\])?/g,
      (name, record: string, matchers = '', range = '') => {
        const inner = recorded.get(record);
        if (inner === undefined) return name;
        // A recorded series with matchers is a sum by the labels that are matched.
        const selected = matchers === '' ? `(${inner})` : `(${inner.replace(/(\w+_total)\[/, `$1${matchers}[`)})`;
        return range === '' ? selected : `${selected}${range.replace(']', ':1m]')}`;
      },
    );
  for (const { record, expr } of rules) if (record) recorded.set(record, whole(expr));
  return new Map(rules.map(({ record, alert, expr }) => [record ?? alert!, whole(expr)]));
}

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

describe.each(versions)('Prometheus $version', (version) => {
  describe.each(scrapeModes(version))('scrapes the live recording as $mode', (mode: ScrapeMode) => {
    let tsdb: ReplayedTsdb;
    beforeAll(async () => {
      const { flags, format, scrapeConfig = {} } = mode;
      const jobs = [{ name: target.job, labels: target, scrapes: await scrapes('airflow-3.3-live', format) }];
      tsdb = await ReplayedTsdb.start({ prometheus: version.prometheus, flags, format, jobs, scrapeConfig });
    }, 300_000);
    afterAll(() => tsdb?.stop());

    test('without complaints, and stores the histograms that it asked for', async () => {
      expect(tsdb.complaints()).toEqual([]);
      const native = await tsdb.query('count(histogram_count(airflow_task_duration_milliseconds))');
      expect(native.length > 0).toBe(mode.isNative);
    });

    test('each panel shows data, or is listed as empty', async () => {
      const expected = Object.keys(expectedEmpty['airflow-3.3-live']);
      expect((await emptyQueries(tsdb, dashboardFor('airflow-3.3-live'))).sort()).toEqual(expected.sort());
    });

    test('the alerts and recording rules about histograms have data', async () => {
      const rules = ruleExpressions();
      const names = [
        'dag_id:airflow_dagrun_failed:growth15m',
        'dag_id:airflow_task_duration_seconds:mean1h',
        'dag_id:airflow_dagrun_schedule_delay_seconds:mean5m',
        'dag_id:airflow_dagrun_scheduled:growth1h',
        'AirflowDagRunFailed',
      ];
      for (const name of names) expect(hasData(await tsdb.queryRange(rules.get(name)!, 60)), name).toBe(true);
      // Six Dag runs failed: the number is whole, and the same for every kind of histogram.
      const failed = await tsdb.query(
        `${rules.get('dag_id:airflow_dagrun_failed:growth15m')}`,
        tsdb.range.start + 14 * 60,
      );
      const counts = Object.fromEntries(failed.map(({ metric, value }) => [metric.dag_id, Number(value![1])]));
      expect(counts).toMatchObject({ callback_breaks: 4, failing: 6, killed: 5, teardowns: 5 });
    });

    test('no rule fails', async () => {
      for (const [name, expr] of ruleExpressions())
        await expect(tsdb.queryRange(expr, 300), name).resolves.toBeDefined();
    });
  });

  test.each(recordings.filter((name) => name !== 'airflow-3.3-live'))(
    'each panel shows data for %s, or is listed as empty',
    async (name) => {
      const jobs = [{ name: target.job, labels: target, scrapes: await scrapes(name, 'text') }];
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
