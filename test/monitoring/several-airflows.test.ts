import { beforeAll, expect, test } from 'vitest';
import { decodeRequest, encodeMetrics } from '../support/otlp.ts';
import type { RecordedRequest } from '../support/recording.ts';
import { silent } from './edits.ts';
import { dashboards, filled } from './panel-queries.ts';
import { prometheusVersions } from './prometheus-versions.ts';
import { requestsOf, scrapesOf, target } from './recorded.ts';
import { firedAlerts } from './replay/promtool.ts';
import type { Scrape } from './replay/record-scrapes.ts';
import { ReplayedTsdb } from './replay/replayed-tsdb.ts';
import { seriesOf } from './replay/series.ts';

const ruleFiles = [new URL('../../helm/files/rules/airflow.yaml', import.meta.url).pathname];
const recording = requestsOf('airflow-2.11-flush');
const { prometheus, promtool } = prometheusVersions()[0]!;

/** The requests of an Airflow whose pods have OTEL_RESOURCE_ATTRIBUTES=service.namespace=…, as docs/airflow.md says. */
function inNamespace(requests: readonly RecordedRequest[], namespace: string): RecordedRequest[] {
  return requests.map((request) => {
    const decoded = decodeRequest(request.body);
    for (const { resource } of decoded.resourceMetrics ?? [])
      resource?.attributes?.push({ key: 'service.namespace', value: { stringValue: namespace } });
    return { ...request, body: encodeMetrics(decoded) };
  });
}

/** Two Airflows send to one pitot. The scheduler of one of them dies after four minutes. */
let scrapes: Scrape[];
beforeAll(async () => {
  const requests = [
    ...inNamespace(recording, 'team-a'),
    ...inNamespace(silent('airflow.scheduler_heartbeat', 4)(recording), 'team-b'),
  ].sort((a, b) => a.atSeconds - b.atSeconds);
  scrapes = await scrapesOf('airflow-2.11-flush', 'text', { requests });
});

test('the heartbeat of one scheduler does not hide another one that is dead', () => {
  const series = seriesOf(scrapes, target);
  const fired = firedAlerts({ promtool, ruleFiles, series, scrapeSeconds: 15 });
  const of = (name: string) =>
    new Set(fired.filter(({ labels }) => labels.alertname === name).map(({ labels }) => labels.exported_job));
  expect(of('AirflowSchedulerHeartbeatMissing')).toEqual(new Set(['team-b/Airflow']));
  expect(of('AirflowTasksKilled')).toEqual(new Set(['team-a/Airflow', 'team-b/Airflow']));
});

test('totals of both are separate', () => {
  const [job, ...others] = [...new Set(seriesOf(scrapes, target).map(({ labels }) => labels.exported_job))].sort();
  expect([job, ...others]).toEqual(['team-a/Airflow', 'team-b/Airflow']);
  const finished = seriesOf(scrapes, target, (name) => name === 'airflow_ti_finish_total').filter(
    ({ labels }) => labels.task_id === 'tick' && labels.state === 'success',
  );
  expect(finished.map(({ values }) => values.at(-1))).toEqual([15, 15]);
});

test('the variable of the dashboard selects one of them', async () => {
  const jobs = [{ name: target.job, labels: target, scrapes }];
  const tsdb = await ReplayedTsdb.start({ prometheus, flags: [], format: 'text', jobs });
  try {
    const dashboard = dashboards().find(({ title }) => title === 'Airflow 2')!;
    const expr = dashboard.panels.find(({ title }) => title === 'Heartbeats per minute')!.targets![0]!.expr;
    const airflows = async (selected: string) =>
      (await tsdb.queryRange(filled(expr.replaceAll('$airflow', selected)))).map(({ metric }) => metric.exported_job);
    expect(await airflows('team-b/Airflow')).toEqual(['team-b/Airflow']);
    expect((await airflows('.*')).sort()).toEqual(['team-a/Airflow', 'team-b/Airflow']);
  } finally {
    await tsdb.stop();
  }
});
