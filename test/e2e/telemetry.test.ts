import { once } from 'node:events';
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { ask, postMetrics } from '../support/http.ts';
import { encodeMetrics } from '../support/otlp.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening, untilLogged } from '../support/pitot.ts';

let pitot: RunningPitot | undefined;
afterEach(() => pitot?.stop());

const gauge = encodeMetrics({
  resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'a', gauge: { dataPoints: [{ asInt: 1 }] } }] }] }],
});

/** Returns a configuration that prints OTLP, with the telemetry settings of a test. */
async function start(telemetry: object): Promise<{ pitot: RunningPitot; http: number }> {
  const [http] = (await freePorts(1)) as [number];
  const running = startPitot([
    `--config=${configFile({
      receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${http}` } } } },
      exporters: { debug: {} },
      service: { telemetry, pipelines: { metrics: { receivers: ['otlp'], exporters: ['debug'] } } },
    })}`,
  ]);
  pitot = running;
  await untilListening(running, [http]);
  return { pitot: running, http };
}
const none = { metrics: { level: 'none' } };

test('logs JSON to a file with initial fields and without the resource', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'pitot-')), 'log.json');
  const logs = {
    encoding: 'json',
    output_paths: [file],
    initial_fields: { team: 'data' },
    disable_zap_resource: true,
    disable_caller: true,
  };
  const { pitot: running } = await start({ ...none, logs });
  await running.stop();
  expect(running.output().toString()).toBe('');
  const entries = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const ready = entries.find(({ msg }) => msg.startsWith('Everything is ready'));
  expect(ready).toEqual({
    level: 'info',
    ts: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    msg: ready.msg,
    team: 'data',
  });
  expect(entries.at(-1).msg).toBe('Shutdown complete.');
});

test('logs only entries at or above the level', async () => {
  const { pitot: running, http } = await start({ ...none, logs: { level: 'error' } });
  await postMetrics(http, gauge);
  await running.stop();
  expect(running.output().toString()).toBe('');
});

test('samples identical entries unless sampling is disabled', async () => {
  const lines = async (sampling: object) => {
    const { pitot: running, http } = await start({ ...none, logs: { sampling } });
    for (let sent = 0; sent < 25; sent++) await postMetrics(http, gauge);
    await running.stop();
    return running.output().toString().split('\tMetrics\t').length - 1;
  };
  expect(await lines({ initial: 3, thereafter: 10, tick: '1h' })).toBe(5);
  expect(await lines({ enabled: false })).toBe(25);
});

test('pushes own metrics over OTLP, also at shutdown', async () => {
  const requests: Buffer[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    requests.push(Buffer.concat(chunks));
    response.end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const otlp = { protocol: 'http/protobuf', endpoint };
  const { pitot: running, http } = await start({
    metrics: { readers: [{ periodic: { interval: 3_600_000, exporter: { otlp } } }] },
    resource: { 'deployment.environment': 'test' },
  });
  await postMetrics(http, gauge);
  await postMetrics(http, gauge);
  await running.stop();
  server.close();
  const [{ resource, scopeMetrics }] = new MetricsDecoder().decode(requests.at(-1)!).resourceMetrics as [never];
  expect((resource as { attributes: { entries: unknown } }).attributes.entries).toContainEqual({
    key: 'deployment.environment',
    value: 'test',
  });
  const [{ metrics }] = scopeMetrics as [{ metrics: { descriptor: { name: string }; dataPoints: object[] }[] }];
  const accepted = metrics.find(({ descriptor }) => descriptor.name === 'otelcol_receiver_accepted_metric_points');
  expect(accepted?.dataPoints).toMatchObject([{ value: 2 }]);
});

test('exposes own metrics on the port of each reader', async () => {
  const [a, b] = (await freePorts(2)) as [number, number];
  const reader = (port: number, settings: object = {}) => ({
    pull: { exporter: { prometheus: { host: '127.0.0.1', port, ...settings } } },
  });
  const readers = [reader(a), reader(b, { without_units: false, without_type_suffix: false })];
  const { pitot: running } = await start({ metrics: { readers } });
  await untilListening(running, [a, b]);
  const page = async (port: number) => String((await ask(port, { path: '/metrics' })).body);
  expect(await page(a)).toMatch(/^otelcol_process_uptime \d/m);
  expect(await page(b)).toMatch(/^otelcol_process_uptime_seconds_total \d/m);
  expect(await page(a)).toMatch(/^pitot_nodejs_version_info\{/m);
});

test('exits with status 1 and names the port if a port is in use at start', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const endpoint = `127.0.0.1:${port}`;
  const f = async (config: object, message: string) => {
    const running = startPitot([`--config=${configFile(config)}`]);
    pitot = running;
    const [code] = await once(running.process, 'exit');
    expect(code).toBe(1);
    const busy = `${message} tcp ${endpoint}: bind: address already in use`;
    const [error, hint] = running.output().toString().trimEnd().split('\n').slice(-2);
    expect(error).toBe(`Error: ${busy}`);
    expect(hint).toMatch(/^hint: .*config\.yaml:1:\d+: .*: another process uses this port; end it/);
  };
  const free = { endpoint: '127.0.0.1:0' };
  const config = (parts: { http?: object; grpc?: object; page?: object; health?: object; telemetry?: object }) => ({
    receivers: { otlp: { protocols: { http: parts.http ?? free, ...(parts.grpc && { grpc: parts.grpc }) } } },
    exporters: { prometheus: parts.page ?? free },
    extensions: { health_check: parts.health ?? free },
    service: {
      telemetry: parts.telemetry ?? none,
      extensions: ['health_check'],
      pipelines: { metrics: { receivers: ['otlp'], exporters: ['prometheus'] } },
    },
  });
  await f(config({ http: { endpoint } }), 'cannot start pipelines: failed to start "otlp" receiver: listen');
  await f(config({ grpc: { endpoint } }), 'cannot start pipelines: failed to start "otlp" receiver: listen');
  await f(config({ page: { endpoint } }), 'cannot start pipelines: failed to start "prometheus" exporter: listen');
  await f(
    config({ health: { endpoint } }),
    `failed to start extensions: failed to bind to address ${endpoint}: listen`,
  );
  const readers = [{ pull: { exporter: { prometheus: { host: '127.0.0.1', port } } } }];
  await f(
    config({ telemetry: { metrics: { readers } } }),
    `failed to create meter provider: binding address ${endpoint} for Prometheus exporter: listen`,
  );
  taken.close();
});

test('combines configuration from a web server, another file, and a variable', async () => {
  const [http, page] = (await freePorts(2)) as [number, number];
  const server = createServer((_, response) => {
    response.end(`exporters: {prometheus: {endpoint: "127.0.0.1:${page}"}}\n`);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/config.yaml`;
  const part = configFile(`{endpoint: "127.0.0.1:${http}"}`);
  const running = startPitot(
    [
      `--config=${address}`,
      `--config=yaml:receivers::otlp::protocols::http: \${file:${part}}`,
      '--config=env:PITOT_SERVICE',
      '--set=exporters.prometheus.namespace=set',
    ],
    {
      PITOT_SERVICE: JSON.stringify({
        service: { telemetry: none, pipelines: { metrics: { receivers: ['otlp'], exporters: ['prometheus'] } } },
      }),
    },
  );
  pitot = running;
  await untilListening(running, [http, page]);
  await untilLogged(running, 'Everything is ready');
  await postMetrics(http, gauge);
  expect(String((await ask(page, { path: '/metrics' })).body)).toContain('set_a{');
  server.close();
});
