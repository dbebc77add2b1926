import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectedEmpty } from './expected-empty.ts';
import { dashboardFor, emptyQueries, hasData, ruleExpressions } from './panel-data.ts';
import { panelScrapeSeconds } from './panel-queries.ts';
import { prometheusVersions, scrapeModes } from './prometheus-versions.ts';
import { scrapesOf, target } from './recorded.ts';
import type { Format, Scrape } from './replay/record-scrapes.ts';
import { ReplayedTsdb } from './replay/replayed-tsdb.ts';

const formats: readonly Format[] = ['text', 'openmetrics', 'protobuf'];
const scrapes = {} as Record<Format, Scrape[]>;
beforeAll(async () => {
  await Promise.all(
    formats.map(async (format) => {
      scrapes[format] = await scrapesOf('airflow-3.3-live', format, { scrapeSeconds: panelScrapeSeconds });
    }),
  );
}, 300_000);

describe.each(prometheusVersions())('Prometheus $version', (version) => {
  const modes = scrapeModes(version);
  const tsdbs = new Map<string, ReplayedTsdb>();
  // At the same time, because each waits for the next scrape most of the time.
  beforeAll(async () => {
    const started = modes.map(async ({ mode, flags, format, scrapeConfig = {} }) => {
      const jobs = [{ name: target.job, labels: target, scrapes: scrapes[format] }];
      tsdbs.set(mode, await ReplayedTsdb.start({ prometheus: version.prometheus, flags, format, jobs, scrapeConfig }));
    });
    await Promise.all(started);
  }, 300_000);
  afterAll(async () => {
    await Promise.all([...tsdbs.values()].map((tsdb) => tsdb.stop()));
  });

  describe.each(modes)('scrapes the live recording as $mode', ({ mode, isNative }) => {
    let tsdb: ReplayedTsdb;
    beforeAll(() => {
      tsdb = tsdbs.get(mode)!;
    });

    test('without complaints, and stores the histograms that it asked for', async () => {
      expect(tsdb.complaints()).toEqual([]);
      const native = await tsdb.query('count(histogram_count(airflow_task_duration_milliseconds))');
      expect(native.length > 0).toBe(isNative);
    });

    test('each panel shows data, or is listed as empty', async () => {
      const expected = Object.keys(expectedEmpty['airflow-3.3-live']);
      expect(await emptyQueries(tsdb, dashboardFor('airflow-3.3-live'))).toEqual(expected.sort());
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
});
