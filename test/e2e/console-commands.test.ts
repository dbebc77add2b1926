import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postMetrics } from '../support/http.ts';
import { encodeMetrics } from '../support/otlp.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from '../support/pitot.ts';
import { runPitot } from '../support/run-command.ts';

const seriesCount = 100_000;
let pitot: RunningPitot;
let [http, metrics, console] = [0, 0, 0];

/** A counter of a task, and a gauge with `count` series. */
function request(count: number): Buffer {
  const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const counter = {
    name: 'airflow.ti.finish',
    sum: {
      aggregationTemporality: 2,
      isMonotonic: true,
      dataPoints: [{ asInt: 3, attributes: [attribute('dag_id', 'etl'), attribute('state', 'failed')] }],
    },
  };
  const dataPoints = Array.from({ length: count }, (_, i) => ({
    asInt: i,
    attributes: [attribute('n', `${i}`)],
  }));
  return encodeMetrics({
    resourceMetrics: [
      {
        resource: { attributes: [attribute('service.name', 'airflow')] },
        scopeMetrics: [{ metrics: [counter, { name: 'many', gauge: { dataPoints } }] }],
      },
    ],
  });
}

beforeAll(async () => {
  [http, metrics, console] = (await freePorts(3)) as [number, number, number];
  const at = (port: number) => ({ endpoint: `127.0.0.1:${port}` });
  pitot = startPitot([
    `--config=${configFile({
      receivers: { otlp: { protocols: { http: at(http) } } },
      exporters: { prometheus: { ...at(metrics), accumulation: { enabled: true } } },
      extensions: {
        console: at(console),
      },
      service: {
        extensions: ['console'],
        telemetry: { metrics: { level: 'none' } },
        pipelines: { metrics: { receivers: ['otlp'], exporters: ['prometheus'] } },
      },
    })}`,
  ]);
  await untilListening(pitot, [http, metrics, console]);
  expect((await postMetrics(http, request(seriesCount))).status).toBe(200);
});
afterAll(async () => {
  await pitot.stop();
});

const at = (port: number) => `http://127.0.0.1:${port}`;
const slow = '--timeout=60s';

describe('with 100,000 series', () => {
  test('status has no more than ten lines, and the same facts as JSON', async () => {
    const { stdout, exitCode } = await runPitot(['status', '--url', at(console), slow]);
    expect(stdout).toMatch(/^… Metrics arrive\. Prometheus has not scraped them yet\.\n/);
    expect(stdout).toMatch(/^ {2}Output +100,001 series in 2 metrics .*accumulation$/m);
    expect(stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(10);
    expect(exitCode).toBe(0);
    const json = JSON.parse((await runPitot(['status', '--url', at(console), slow, '--json'])).stdout);
    expect(json).toMatchObject({ verdict: { code: 'no_scrape' }, output: { series: 100_001 } });
  });

  test('cardinality names the metric and the label with the most series', async () => {
    const { stdout } = await runPitot(['cardinality', '--url', at(console), slow]);
    expect(stdout).toMatch(/^100,001 series in 2 metrics\n\nMetric +Series .*\nmany +100,000/);
    expect(stdout).toMatch(/^n +[\d,]+ +100,000 /m);
    expect(stdout).toContain('delete_key(attributes, "n")');
    const json = JSON.parse(
      (await runPitot(['cardinality', 'airflow_ti_finish_total', '--url', at(console), slow, '--json'])).stdout,
    );
    expect(json).toMatchObject({ series: 1, families: 1 });
  });

  test.each([
    ['airflow_ti_finish_total', 'state=failed'],
    ['airflow.ti.finish'],
    ['airflow_ti_finish_total{dag_id="etl"}'],
  ])('explain %s %s', async (...operands) => {
    const { stdout, exitCode } = await runPitot(['explain', ...operands, '--url', at(console), slow]);
    expect(stdout).toMatch(/^airflow_ti_finish_total\{dag_id="etl",job="airflow",.*state="failed"\}\n/);
    expect(stdout).toMatch(/^ {2}airflow\.ti\.finish \(Sum, monotonic, cumulative\)$/m);
    expect(stdout).toMatch(/^ {2}state="failed" +attribute state$/m);
    expect(stdout).toMatch(/^ {2}1 active streams contribute to it:$/m);
    expect(exitCode).toBe(0);
  });

  test('explain says why a metric is missing', async () => {
    const similar = await runPitot(['explain', 'airflow_ti', '--url', at(console), slow]);
    expect(similar.stdout).toBe(
      'airflow_ti has no series in the output.\nMetrics with similar names:\n  airflow_ti_finish_total\n',
    );
    expect(similar.exitCode).toBe(1);
    const conflict = encodeMetrics({
      resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'many', summary: { dataPoints: [{ count: 1 }] } }] }] }],
    });
    await postMetrics(http, conflict);
    const dropped = await runPitot(['explain', 'many', 'quantile=1', '--url', at(console), slow]);
    expect(dropped.stdout).toMatch(/^Problems with this name:\n {2}\S/m);
    expect(dropped.exitCode).toBe(1);
  });
});

test('tail prints the points of a metric and their lines until it is stopped', async () => {
  const child = spawn(process.execPath, [
    'src/main.ts',
    'tail',
    'ti.finish',
    'state=failed',
    '--url',
    at(console),
    '--json',
  ]);
  const exited = once(child, 'exit');
  let text = '';
  child.stdout.on('data', (piece: Buffer) => {
    text += piece;
  });
  const body = request(1);
  while (!text.includes('\n')) {
    await postMetrics(http, body);
    await new Promise((done) => setTimeout(done, 100));
  }
  child.kill('SIGINT');
  expect((await exited)[0]).toBe(0);
  const [point] = text.split('\n').map((line) => line && JSON.parse(line));
  expect(point).toMatchObject({
    metric: 'airflow.ti.finish',
    value: '3',
    line: expect.stringContaining('airflow_ti_finish_total{'),
  });
});
