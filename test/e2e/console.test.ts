import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { parseTar } from 'nanotar';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Airflow } from '#api/airflow.ts';
import type { Cardinality } from '#api/cardinality.ts';
import type { GettingStarted, Problems, Status } from '#api/overview.ts';
import { statusSchema } from '#api/overview.ts';
import type { Lineage, Metric, SeriesPage } from '#api/series.ts';
import type { Pipelines, Sources } from '#api/service.ts';
import { type Tail, tailSchema } from '#api/tail.ts';
import { errorSchema } from '#api/values.ts';
import { endpoints } from '#extensions/console/api/endpoints.ts';
import { ask, postMetrics } from '../support/http.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from '../support/pitot.ts';
import { readRecording } from '../support/recording.ts';

let pitot: RunningPitot;
let ports: { http: number; metrics: number; console: number; own: number };

const configuration = ({ http, metrics, console, own }: typeof ports) => ({
  receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${http}` } } } },
  exporters: {
    prometheus: {
      endpoint: `127.0.0.1:${metrics}`,
      accumulation: { enabled: true },
      tls: undefined,
      classic_buckets: [100, 1_000],
    },
    debug: { verbosity: 'basic', sending_queue: { enabled: true, queue_size: 77 } },
  },
  extensions: {
    console: { endpoint: `127.0.0.1:${console}`, path_prefix: '' },
    bearertokenauth: { token: 'hush-token' },
  },
  service: {
    extensions: ['console', 'bearertokenauth'],
    telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus: { host: '127.0.0.1', port: own } } } }] } },
    pipelines: { metrics: { receivers: ['otlp'], exporters: ['prometheus', 'debug'] } },
  },
});

beforeAll(async () => {
  const [http, metrics, console, own] = (await freePorts(4)) as [number, number, number, number];
  ports = { http, metrics, console, own };
  pitot = startPitot([`--config=${configFile(configuration(ports))}`]);
  await untilListening(pitot, Object.values(ports));
});
afterAll(() => pitot.stop());

async function api<Result>(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; result: Result }> {
  const { status, body } = await ask(ports.console, { path: `/api/v1/${path}`, headers });
  return { status, result: JSON.parse(String(body)) as Result };
}

const scrape = () =>
  ask(ports.metrics, {
    path: '/metrics',
    headers: { 'user-agent': 'Prometheus/3.5.0', 'x-prometheus-scrape-timeout-seconds': '10' },
  });

/** The events of a tail. Resolves when the tail is open. */
async function tailOf(query: string): Promise<{ events: AsyncGenerator<Tail, void>; close(): void }> {
  const request = get({ host: '127.0.0.1', port: ports.console, path: `/api/v1/tail?${query}` });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  async function* events(): AsyncGenerator<Tail, void> {
    let text = '';
    for await (const chunk of response) {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1];
        text = text.slice(end + 2);
        if (data) yield tailSchema.parse(JSON.parse(data));
      }
    }
  }
  return { events: events(), close: () => request.destroy() };
}

/** Examples of required parameters of paths. */
const required: Readonly<Record<string, string>> = {
  metric: '?name=airflow_ti_finish_total',
  lineage: '?series=airflow_ti_finish_total%7Btask_id%3D%22tick%22%7D',
};

describe('before any data', () => {
  test('reports that no data has arrived, and the settings to check', async () => {
    const { result } = await api<Status>('status');
    expect(result.verdict).toMatchObject({ level: 'waiting', code: 'no_data', view: 'start' });
    const { result: start } = await api<GettingStarted>('getting-started');
    expect(start.steps.map(({ state }) => state)).toEqual(['done', 'current', 'todo', 'todo']);
    expect(start.airflow.flatMap(({ variables }) => variables)).toContainEqual([
      'OTEL_EXPORTER_OTLP_ENDPOINT',
      `http://127.0.0.1:${ports.http}`,
    ]);
  });

  test('names a client that sends to the wrong port', async () => {
    await ask(ports.metrics, { method: 'POST', path: '/v1/metrics', body: Buffer.from('x') });
    const { result } = await api<GettingStarted>('getting-started');
    expect(result.causes).toMatchObject([{ code: 'wrong_port', address: '127.0.0.1', count: 1 }]);
    expect(result.causes[0]?.remedy).toContain(`Send to port ${ports.http}.`);
    expect((await api<Status>('status')).result.verdict).toMatchObject({ level: 'error', code: 'misdirected' });
  });
});

describe('with recorded traffic', () => {
  beforeAll(async () => {
    for (const { body } of readRecording('airflow-3.3').requests) await postMetrics(ports.http, body);
    await scrape();
    await scrape();
  });

  test.each(Object.keys(endpoints))('%s answers as documented', async (name) => {
    const { status, result } = await api(`${name}${required[name] ?? ''}`);
    expect(status).toBe(200);
    expect(() => endpoints[name]!.schema.parse(result)).not.toThrow();
  });

  test('the status is green', async () => {
    const { result } = await api<Status>('status');
    expect(result.verdict).toEqual({
      ...{ level: 'ok', code: 'ok', view: '' },
      text: 'Airflow’s metrics arrive, and Prometheus reads them.',
    });
    expect(result.scrapers).toMatchObject([{ userAgent: 'Prometheus/3.5.0', outcome: 'sent' }]);
  });

  test('a mistake that was corrected before the first data is no longer shown', async () => {
    const { result } = await api<GettingStarted>('getting-started');
    expect(result).toMatchObject({ isDone: true, causes: [] });
  });

  test("the lineage shows the total, its streams, and the Collector's value", async () => {
    const { result } = await api<Lineage>(
      `lineage?series=${encodeURIComponent('airflow_ti_finish_total{dag_id="every_minute",task_id="tick",state="success"}')}`,
    );
    expect(result.series.value).toBe(12);
    expect(result.streams?.total).toBe(12);
    expect(result.naming.map((step) => step.result)).toEqual(['airflow_ti_finish', 'airflow_ti_finish_total']);
    expect(result.collector.lines).toHaveLength(12);
    expect(result.collector.lines[0]).toMatch(/ 1$/);
    expect(result.lines.text).toMatch(/^airflow_ti_finish_total\{.*\} 12\n$/);
    expect(result.labels).toContainEqual({
      label: 'task_id',
      value: 'tick',
      from: 'attribute',
      keys: ['task_id'],
      remark: '',
    });
  });

  test('the tries of Airflow equal its database', async () => {
    const { result } = await api<Airflow>('airflow');
    const tick = result.dags.find(({ dag }) => dag === 'every_minute')?.tasks[0];
    expect(tick).toMatchObject({ task: 'tick', success: 12, failed: 0 });
    expect(tick?.durationMs?.count).toBe(12);
  });

  test('finds series by words and by selector, and a metric by its name', async () => {
    const byWords = await api<SeriesPage>('series?match=ti_finish+tick&limit=1');
    const bySelector = await api<SeriesPage>(
      `series?match=${encodeURIComponent('{task_id=~"ti.k",__name__="airflow_ti_finish_total"}')}`,
    );
    expect(byWords.result.total).toBeGreaterThan(0);
    expect(byWords.result.series).toHaveLength(1);
    expect(bySelector.result.series).toMatchObject([{ value: 12, type: 'counter' }]);
    const { result } = await api<Metric>('metric?name=airflow_ti_finish_total');
    expect(result.family).toMatchObject({ type: 'counter', otlpNames: ['airflow.ti.finish'] });
    expect(result.lines.text).toContain('# TYPE airflow_ti_finish_total counter\n');
    expect(result.labels.find(({ name }) => name === 'task_id')?.values).toBeGreaterThan(3);
  });

  test('counts labels, and says how many series there would be without each', async () => {
    const { result } = await api<Cardinality>('cardinality?top=50');
    const all = (await api<SeriesPage>('series?limit=500')).result;
    expect(result.series).toBe(all.total);
    const setOf = (labels: SeriesPage['series'][number]['labels']) => JSON.stringify(labels);
    for (const { name, values, series, fewer } of result.labels) {
      const having = all.series.filter(({ labels }) => labels.some(([label]) => label === name));
      const value = ({ labels }: (typeof having)[number]) => labels.find(([label]) => label === name)![1];
      const remaining = new Set(
        all.series.map((each) => each.name + setOf(each.labels.filter(([label]) => label !== name))),
      );
      expect({ name, values, series, fewer }).toEqual({
        ...{ name, series: having.length, values: new Set(having.map(value)).size },
        fewer: all.total - remaining.size,
      });
    }
    expect(result.labels.find(({ name }) => name === 'task_id')?.rule).toContain('delete_key(attributes, "task_id")');
  });

  test('the tail lists points with their lines, and filters them', async () => {
    const { events, close } = await tailOf('metric=ti.finish&match=task_id=tick');
    for (const { body } of readRecording('airflow-3.3').requests) await postMetrics(ports.http, body);
    const [first] = (await events.next()).value!.points;
    close();
    expect(first).toMatchObject({ metric: 'airflow.ti.finish', type: 'Sum', job: 'airflow' });
    expect(first!.line).toMatch(/^airflow_ti_finish_total\{.*task_id="tick".*\} \d+$/);
  });

  test('the diagnostics contain the answers, and neither addresses, processes, nor secrets', async () => {
    const sources = (await api<Sources>('sources')).result.sources;
    const { status, body } = await ask(ports.console, { path: '/api/v1/diagnostics' });
    expect(status).toBe(200);
    const files = parseTar(gunzipSync(body));
    const text = Object.fromEntries(files.map((file) => [file.name, file.text]));
    expect(Object.keys(text)).toContain('pitot-diagnostics/status.json');
    const whole = Object.values(text).join('\n');
    expect(whole).toContain('airflow_ti_finish_total');
    expect(whole).not.toContain('hush-token');
    for (const { process } of sources) expect(whole).not.toContain(process);
  });

  test('shows the queue of an exporter', async () => {
    const { result } = await api<Pipelines>('pipelines');
    const debug = result.pipelines[0]?.exporters.find(({ id }) => id === 'debug');
    expect(debug?.queue).toEqual({ unit: 'requests', size: 0, capacity: 77 });
  });

  test('lists one row per client process', async () => {
    const { result } = await api<Sources>('sources');
    expect(result.sources.length + result.shortLived.length).toBeGreaterThan(10);
    expect(result.sources[0]).toMatchObject({ job: 'airflow', address: '127.0.0.1', sdk: 'python 1.45.2' });
  });

  test('problems have a remedy', async () => {
    const { result } = await api<Problems>('problems');
    expect(result.problems.find(({ code }) => code === 'wrong_port')).toMatchObject({ level: 'error', count: 1 });
  });
});

describe('security', () => {
  test.each([
    ['a foreign host', { host: 'evil.test' }],
    ['a page of another origin', { origin: 'https://evil.test' }],
    ['a page of another site', { 'sec-fetch-site': 'cross-site' }],
  ])('%s is refused', async (_, headers) => {
    const { status, result } = await api('status', headers);
    expect(status).toBe(403);
    expect(errorSchema.parse(result).error).toMatch(/is not allowed|another site/);
  });

  test('allows the page to load only its own files, and forbids frames', async () => {
    const { status, headers, body } = await ask(ports.console, { path: '/' });
    expect(status).toBe(200);
    expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(String(body)).toContain('<h1>pitot</h1>');
  });

  test('the configuration contains no secrets', async () => {
    const { body } = await ask(ports.console, { path: '/api/v1/config' });
    expect(String(body)).not.toContain('hush');
    expect(String(body)).toContain('[REDACTED]');
  });

  test.each(['POST', 'PUT', 'DELETE'])('%s changes nothing', async (method) => {
    expect((await ask(ports.console, { method, path: '/api/v1/status' })).status).toBe(404);
  });

  test.each([
    ['metric', 400],
    ['metric?name=nope', 404],
    ['series?limit=-1', 400],
    ['series?limit=99999', 400],
    ['series?match=%7Ba%3D~%22(%22%7D', 400],
    ['lineage?series=nope%7B%7D', 404],
    ['nope', 404],
  ])('%s is %i with an explanation', async (path, expected) => {
    const { status, result } = await api(path);
    expect(status).toBe(expected);
    expect(errorSchema.parse(result).error).not.toBe('');
  });
});

test('sends the live status immediately, and does not prevent pitot from stopping', async () => {
  const request = get({ host: '127.0.0.1', port: ports.console, path: '/api/v1/live' });
  const [response] = await once(request, 'response');
  let text = '';
  for await (const chunk of response) {
    text += chunk;
    if (text.includes('\n\nevent') || /data: .*\n\n$/s.test(text)) break;
  }
  const data = /data: (.*)\n/.exec(text)?.[1] ?? '';
  expect(statusSchema.parse(JSON.parse(data)).verdict.level).toBe('ok');
  expect(await pitot.stop()).toBe(0);
});
