import { afterAll, beforeAll, expect, test } from 'vitest';
import { grpcCall, grpcFrame } from '../support/grpc.ts';
import { ask, postMetrics } from '../support/http.ts';
import { encodeMetrics } from '../support/otlp.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening, untilLogged } from '../support/pitot.ts';

let pitot: RunningPitot;
let ports: { http: number; grpc: number; page: number; health: number; v2: number; zpages: number; pprof: number };

beforeAll(async () => {
  const [http, grpc, page, health, v2, zpages, pprof] = (await freePorts(7)) as unknown as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  ports = { http, grpc, page, health, v2, zpages, pprof };
  const at = (port: number) => ({ endpoint: `127.0.0.1:${port}` });
  const extensions = {
    health_check: { ...at(health), path: '/up', response_body: { healthy: 'fine', unhealthy: 'not yet' } },
    healthcheckv2: at(v2),
    zpages: { ...at(zpages), expvar: { enabled: true } },
    pprof: at(pprof),
    'basic_auth/in': { htpasswd: { inline: 'airflow:secret' } },
    'bearertokenauth/out': { token: 'scrape' },
  };
  pitot = startPitot([
    `--config=${configFile({
      receivers: {
        otlp: {
          protocols: {
            http: { ...at(http), auth: { authenticator: 'basic_auth/in' } },
            grpc: { ...at(grpc), auth: { authenticator: 'basic_auth/in' } },
          },
        },
      },
      exporters: { prometheus: { ...at(page), auth: { authenticator: 'bearertokenauth/out' } } },
      extensions,
      service: {
        extensions: Object.keys(extensions),
        telemetry: { metrics: { level: 'none' } },
        pipelines: { metrics: { receivers: ['otlp'], exporters: ['prometheus'] } },
      },
    })}`,
  ]);
  await untilListening(pitot, Object.values(ports));
  await untilLogged(pitot, 'Everything is ready');
});
afterAll(() => pitot?.stop());

const gauge = encodeMetrics({
  resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'a', gauge: { dataPoints: [{ asInt: 1 }] } }] }] }],
});
const basic = (user: string) => `Basic ${Buffer.from(user).toString('base64')}`;

test('basicauth, by its later name, requires a password over both transports', async () => {
  const f = async (authorization: string | undefined, status: number, code: number) => {
    const headers = authorization === undefined ? {} : { authorization };
    expect((await postMetrics(ports.http, gauge, headers)).status).toBe(status);
    expect((await grpcCall(ports.grpc, { body: grpcFrame(gauge), headers })).code).toBe(code);
  };
  await f(undefined, 401, 16);
  await f(basic('airflow:wrong'), 401, 16);
  await f(basic('nobody:secret'), 401, 16);
  await f('Bearer secret', 401, 16);
  await f(basic('airflow:secret'), 200, 0);
});

test('bearertokenauth requires a token for scrapes', async () => {
  const scrape = (headers: Record<string, string>) => ask(ports.page, { path: '/metrics', headers });
  expect((await scrape({})).status).toBe(401);
  expect((await scrape({ authorization: 'Bearer nope' })).status).toBe(401);
  expect((await scrape({ authorization: 'Bearer scrape' })).status).toBe(200);
});

test('health_check uses the configured path and bodies, and healthcheckv2 accepts the common keys', async () => {
  const up = await ask(ports.health, { path: '/up' });
  expect([up.status, String(up.body)]).toEqual([200, 'fine']);
  expect((await ask(ports.health, { path: '/' })).status).toBe(404);
  const v2 = await ask(ports.v2, { path: '/' });
  expect([v2.status, JSON.parse(String(v2.body)).status]).toEqual([200, 'Server available']);
  expect(pitot.output().toString()).not.toContain('alias is deprecated');
});

test('zpages shows the running components', async () => {
  const page = async (path: string) => {
    const { status, body } = await ask(ports.zpages, { path });
    expect([path, status]).toEqual([path, 200]);
    return String(body);
  };
  const pipelines = await page('/debug/pipelinez');
  for (const word of ['metrics', 'otlp', 'prometheus']) expect(pipelines).toContain(`<td>${word}</td>`);
  expect(await page('/debug/extensionz')).toContain('basic_auth/in');
  expect(await page('/debug/featurez')).toContain('service.AllowNoPipelines');
  const service = await page('/debug/servicez');
  for (const [, path] of service.matchAll(/<a href="([^"]+)"/g)) await page(path!);
  expect(JSON.parse(await page('/debug/expvarz')).memory.rss).toBeGreaterThan(0);
});

test('pprof returns a heap snapshot and a CPU profile', async () => {
  const heap = await ask(ports.pprof, { path: '/debug/pprof/heap' });
  expect(JSON.parse(String(heap.body)).snapshot.node_count).toBeGreaterThan(1000);
  const profile = await ask(ports.pprof, { path: '/debug/pprof/profile?seconds=0.1' });
  expect(JSON.parse(String(profile.body)).nodes.length).toBeGreaterThan(1);
});

test('status servers do not answer under the name of another site, and health answers always', async () => {
  const statusOf = async (port: number, path: string, host: string) =>
    (await ask(port, { path, headers: { host } })).status;
  for (const [port, path] of [
    [ports.zpages, '/debug/servicez'],
    [ports.zpages, '/debug/expvarz'],
    [ports.pprof, '/debug/pprof/heap'],
    [ports.pprof, '/debug/pprof/profile?seconds=0.1'],
  ] as const) {
    expect([path, await statusOf(port, path, 'evil.test')]).toEqual([path, 403]);
    expect([path, await statusOf(port, path, `pitot.airflow.svc:${port}`)]).toEqual([path, 200]);
  }
  expect(await statusOf(ports.health, '/up', 'evil.test')).toBe(200);
});
