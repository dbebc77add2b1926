import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { encodeMetrics } from '../support/otlp.ts';
import { configFile } from '../support/pitot.ts';
import { runPitot } from '../support/run-command.ts';

const recording = join(import.meta.dirname, '../fixtures/recordings/airflow-3.3');
const explain = (...args: string[]) => runPitot(['explain', ...args]);

test('explains a series of a recording', async () => {
  const { stdout, exitCode } = await explain('airflow.ti.finish', 'state=failed', '--recording', recording);
  expect(stdout).toMatch(/^airflow_ti_finish_total\{dag_id="etl_orders-v2",.*state="failed",task_id="flaky"\}\n/);
  expect(stdout).toMatch(/^ {2}airflow\.ti\.finish \(Sum, monotonic, cumulative\)$/m);
  expect(exitCode).toBe(0);
});

test('says that a processor removes a metric, and that a recording does not contain one', async () => {
  const config = configFile({
    receivers: { otlp: { protocols: { http: { endpoint: '0.0.0.0:4318' } } } },
    processors: { filter: { metrics: { exclude: { match_type: 'strict', metric_names: ['airflow.asset.updates'] } } } },
    exporters: { prometheus: { endpoint: '0.0.0.0:8889' } },
    service: { pipelines: { metrics: { receivers: ['otlp'], processors: ['filter'], exporters: ['prometheus'] } } },
  });
  const args = ['--recording', recording, `--config=${config}`];
  const removed = await explain('airflow.asset.updates', ...args);
  expect(removed.stdout).toMatch(
    /^airflow\.asset\.updates has no series in the output\.\n(1 recorded request contains|\d+ recorded requests contain) it\. Its points had no value, or a processor of the pipeline removes it\.\n/,
  );
  expect(removed.exitCode).toBe(1);
  const { stdout } = await explain('airflow_ti_finsh', ...args, '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    found: 0,
    requests: 0,
    similar: expect.arrayContaining(['airflow_ti_finish_total', 'airflow.ti.finish']),
  });
});

test.each<[string, (body: Buffer) => Buffer]>([
  ['protobuf', (body) => body],
  ['gzip', (body) => gzipSync(body)],
  [
    'JSON',
    () =>
      Buffer.from(
        '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"a.b","gauge":{"dataPoints":[{"asInt":1}]}}]}]}]}',
      ),
  ],
])('explains one request in %s', async (_, encode) => {
  const file = configFile('');
  const body = encodeMetrics({
    resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'a.b', gauge: { dataPoints: [{ asInt: 1 }] } }] }] }],
  });
  writeFileSync(file, encode(body));
  const { stdout } = await explain('a.b', '--request', file);
  expect(stdout).toMatch(/^a_b(\{.*\})?\n\nOTLP metric\n {2}a\.b \(Gauge\)\n/);
});

test('a request or a recording that does not exist is named', async () => {
  expect((await explain('a', '--request', '/nowhere')).stderr).toBe(
    'Error: open /nowhere: no such file or directory\n',
  );
  expect((await explain('a', '--recording', '/nowhere')).stderr).toBe(
    'Error: open /nowhere: no such file or directory\n',
  );
});
