import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-grpc';
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { afterEach, expect, test } from 'vitest';
import { ask } from '../support/http.ts';
import { freePorts, type RunningPitot, startPitot, untilListening, untilLogged } from '../support/pitot.ts';

const folder = join(import.meta.dirname, '../fixtures/charts');
const charts = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
/** Variables that the downward API sets in the container. */
const environment = {
  MY_POD_IP: '127.0.0.1',
  OTEL_K8S_NODE_NAME: 'node-1',
  OTEL_K8S_NODE_IP: '10.0.0.2',
  OTEL_K8S_NAMESPACE: 're',
  OTEL_K8S_POD_NAME: 'otel-0',
  OTEL_K8S_POD_IP: '10.0.0.1',
};

let pitot: RunningPitot | undefined;
afterEach(() => pitot?.stop());

/** Runs the unchanged configuration of a chart on free ports. */
async function start(chart: string) {
  const [grpc, http, page, health, own] = (await freePorts(5)) as [number, number, number, number, number];
  const address = (port: number) => `127.0.0.1:${port}`;
  const moved = {
    'receivers.otlp.protocols.grpc.endpoint': address(grpc),
    'receivers.otlp.protocols.http.endpoint': address(http),
    'extensions.health_check.endpoint': address(health),
    'service.telemetry.metrics.readers': `[{pull: {exporter: {prometheus: {host: 127.0.0.1, port: ${own}}}}}]`,
    ...(chart !== 'airflow.yaml' && { 'exporters.prometheus.endpoint': address(page) }),
  };
  const sets = Object.entries(moved).map(([key, value]) => `--set=${key}=${value}`);
  pitot = startPitot([`--config=${join(folder, chart)}`, ...sets], environment);
  await untilListening(pitot, [grpc, http, health, own]);
  await untilLogged(pitot, 'Everything is ready');
  return { pitot, grpc, http, page, health, own };
}

const post = (port: number, path: string, body: object) =>
  ask(port, {
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(body)),
  });

const metrics = {
  resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'from.http', gauge: { dataPoints: [{ asInt: 7 }] } }] }] }],
};
const traces = { resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'work', kind: 1 }] }] }] };
const logs = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'hello' } }] }] }] };

async function sendOverGrpc(port: number): Promise<void> {
  const exporter = new OTLPMetricExporter({ url: `http://127.0.0.1:${port}` });
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({ readers: [reader] });
  provider.getMeter('test').createUpDownCounter('from.grpc').add(3);
  await provider.forceFlush();
  await provider.shutdown();
}

test.each(charts)('%s: every port responds', async (chart) => {
  const { pitot: running, grpc, http, page, health, own } = await start(chart);
  const hasLogs = chart !== 'airflow.yaml';
  expect((await post(http, '/v1/metrics', metrics)).status).toBe(200);
  expect((await post(http, '/v1/traces', traces)).status).toBe(200);
  expect((await post(http, '/v1/logs', logs)).status).toBe(hasLogs ? 200 : 404);
  await sendOverGrpc(grpc);
  const ready = await ask(health);
  expect([ready.status, JSON.parse(String(ready.body)).status]).toEqual([200, 'Server available']);
  if (chart !== 'airflow.yaml') {
    // The batch processor passes its data on after 200 ms.
    const shown = async () => String((await ask(page, { path: '/metrics' })).body);
    await expect.poll(shown, { timeout: 20_000 }).toMatch(/^from_grpc\{.*\} 3$/m);
    expect(await shown()).toMatch(/^from_http\{.*\} 7$/m);
  }
  const ownPage = String((await ask(own, { path: '/metrics' })).body);
  expect(ownPage).toMatch(/^otelcol_receiver_accepted_metric_points\{receiver="otlp",transport="grpc"\} [1-9]$/m);
  expect(ownPage).toMatch(/^otelcol_receiver_accepted_spans\{receiver="otlp",transport="http"\} 1$/m);
  expect(ownPage).toMatch(/^otelcol_process_uptime /m);
  expect(await running.stop()).toBe(0);
  const output = running.output().toString();
  expect(output).toContain('"spans": 1');
  if (hasLogs) expect(output).toContain('"log records": 1');
});

test('warns once about each ignored component', async () => {
  const { pitot: running } = await start('upstream-0.80.yaml');
  const warnings = running
    .output()
    .toString()
    .split('\n')
    .filter((line) => line.includes('\twarn\t'))
    .map((line) => line.split('\t')[3]);
  expect(warnings.toSorted()).toEqual([
    '"logging" alias is deprecated; use "debug" instead',
    'Component not supported by pitot; ignored',
    'Component not supported by pitot; ignored',
    'Component removed from otelcol-contrib; ignored',
    'service::telemetry::metrics::address is out of use; prefer service::telemetry::metrics::readers',
  ]);
});

test('adds variables of the pod to pitot’s own telemetry', async () => {
  const { own } = await start('upstream-0.170.yaml');
  const page = String((await ask(own, { path: '/metrics' })).body);
  const info = /^target_info\{(.*)\} 1$/m.exec(page)?.[1];
  expect(info).toContain('k8s_pod_name="otel-0"');
  expect(info).toContain('host_name="node-1"');
  expect(info).toMatch(/service_instance_id="[0-9a-f-]{36}"/);
});

/** Removes values and pitot-specific metrics. */
function shapeOf(page: string): string[] {
  return page
    .split('\n')
    .filter((line) => line !== '' && !/^(# \w+ )?pitot_/.test(line))
    .map((line) => (line.startsWith('#') ? line : line.replace(/ [^ ]+$/, '')))
    .map((line) => (line.startsWith('target_info{') ? line.replace(/"[^"]*"/g, '"…"') : line));
}

test('exposes the Collector’s own metrics with the same names, help texts, types, and labels', async () => {
  const { http, own } = await start('upstream-0.170.yaml');
  for (const [signal, body] of Object.entries({ metrics, traces, logs })) {
    expect((await post(http, `/v1/${signal}`, body)).status).toBe(200);
  }
  const shown = async () => String((await ask(own, { path: '/metrics' })).body);
  await expect.poll(shown, { timeout: 20_000 }).toMatch(/sent_log_records.*sent_metric_points.*sent_spans\{/s);
  const collector = readFileSync(join(folder, '../own-metrics/collector.txt'), 'utf8');
  expect(shapeOf(await shown())).toEqual(shapeOf(collector));
});
