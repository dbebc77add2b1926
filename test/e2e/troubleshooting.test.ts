import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../support/http.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening, untilLogged } from '../support/pitot.ts';
import { runPitot } from '../support/run-command.ts';

/* The steps of docs/troubleshooting.md that an operator follows by hand, in the situations that they name. */

const page = readFileSync(new URL('../../docs/troubleshooting.md', import.meta.url), 'utf8');
let pitot: RunningPitot;
let silent: Server;
let [http, tiny, metrics, own, health] = [0, 0, 0, 0, 0];

beforeAll(async () => {
  [http, tiny, metrics, own, health] = (await freePorts(5)) as [number, number, number, number, number];
  const at = (port: number) => ({ endpoint: `127.0.0.1:${port}` });
  pitot = startPitot([
    `--config=${configFile({
      receivers: {
        otlp: { protocols: { http: at(http) } },
        'otlp/tiny': { protocols: { http: at(tiny) }, limits: { in_flight_bytes: 1 } },
      },
      exporters: { prometheus: at(metrics) },
      extensions: { health_check: at(health) },
      service: {
        extensions: ['health_check'],
        telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus: { host: '127.0.0.1', port: own } } } }] } },
        pipelines: { metrics: { receivers: ['otlp', 'otlp/tiny'], exporters: ['prometheus'] } },
      },
    })}`,
  ]);
  await untilListening(pitot, [http, tiny, metrics, own, health]);
  silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
});
afterAll(async () => {
  silent?.close();
  await pitot?.stop();
});

/** First cells of the table below a heading row. */
function rowsBelow(heading: string): string[] {
  const [, table = ''] = page.split(`${heading}\n`);
  const lines = table.split('\n\n')[0]!.split('\n').slice(1);
  return lines.map((line) => line.split(' | ')[0]!.replace(/^\| /, ''));
}

const json = { 'content-type': 'application/json' };
const post = (port: number, headers: Record<string, string> = json, path = '/v1/metrics') =>
  ask(port, { method: 'POST', path, headers, body: Buffer.from('{}') });

/** The request of step 2.3, or another one, in the situation of each row. */
const responses: [row: string, request: () => ReturnType<typeof ask>][] = [
  ['200 {"partialSuccess":{}}', () => post(http)],
  ['200 "status":"Server available"', () => post(health)],
  ['404 page not found', () => post(metrics)],
  [
    '415 unsupported media type, supported: [application/json, application/x-protobuf]',
    () => post(http, { 'content-type': 'text/plain' }),
  ],
  ['405 method not allowed, supported: [POST]', () => ask(http, { path: '/v1/metrics' })],
  ['503', () => post(tiny)],
];

test('each response of the table has a test, and each test a row', () => {
  const rows = rowsBelow('| Response | Meaning |');
  const shown = rows
    .filter((row) => row.startsWith('`'))
    .map((row) => row.replaceAll(/`,? ?/g, ' ').replaceAll('  ', ' ').trim());
  expect(shown).toEqual(responses.map(([row]) => row));
  expect(rows.slice(shown.length)).toEqual(['Connection refused', 'No response, or a timeout']);
});

test.each(responses)('the response %s', async (row, request) => {
  const { status, body } = await request();
  const [expected, ...text] = row.split(' ');
  expect(String(status)).toBe(expected);
  expect(String(body)).toContain(text.join(' '));
});

test('the other rows are what doctor says of a port that is closed or silent', async () => {
  const doctor = async (port: number) =>
    (await runPitot(['doctor', '--timeout=1s', '--to', `http://127.0.0.1:${port}`])).stdout;
  expect(await doctor(1)).toContain('connection refused');
  expect(await doctor((silent.address() as AddressInfo).port)).toMatch(/no answer within 1 s\n.*service mesh/);
});

test('step 1: port 8888 shows what the table says', async () => {
  const body = Buffer.from(
    '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"a","gauge":{"dataPoints":[{"asInt":"1"}]}}]}]}]}',
  );
  await ask(http, { method: 'POST', path: '/v1/metrics', headers: json, body });
  await post(http, { 'content-type': 'text/plain' });
  const text = String((await ask(own, { path: '/metrics' })).body);
  expect(text).toMatch(/^otelcol_receiver_accepted_metric_points\S* 1$/m);
  expect(text).toMatch(/^otelcol_receiver_refused_metric_points\S* 0$/m);
  expect(text).toMatch(/^pitot_receiver_rejected_requests_total\{.*reason="media_type".*\} \d+$/m);
});

test('a wrong endpoint leaves the line in the log that the table names', async () => {
  for (const path of ['/v1/metrics/v1/metrics', '/']) {
    expect(page).toContain(`404, and the path \`${path}\` in the log of pitot`);
    expect((await post(http, json, path)).status).toBe(404);
    await untilLogged(pitot, `Nothing is received at the path ${path}.`);
  }
});

test('doctor names a proxy and its exception, as the table says', async () => {
  const proxied = { HTTP_PROXY: 'http://proxy:3128', OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${http}` };
  const doctor = async (env: Record<string, string>) =>
    (await runPitot(['doctor', '--timeout=2s', `--metrics=http://127.0.0.1:${metrics}/metrics`], { env })).stdout;
  expect(await doctor(proxied)).toMatch(/– Proxy .*HTTP_PROXY is set[\s\S]*add 127\.0\.0\.1 to NO_PROXY/);
  expect(await doctor({ ...proxied, NO_PROXY: '127.0.0.1' })).not.toContain('Proxy');
});
