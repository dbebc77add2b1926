import { afterEach, expect, test } from 'vitest';
import { switchGates } from '#config/feature-gates.ts';
import { parseConfig, validateConfig } from '#config/schema.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { ask } from '../../../test/support/http.ts';
import { freePorts } from '../../../test/support/pitot.ts';
import { healthCheckConfig, statusGate } from './config.ts';
import { healthCheckFactory } from './factory.ts';
import type { HealthCheck } from './health-check.ts';

const running: HealthCheck[] = [];
afterEach(async () => {
  switchGates(`-${statusGate}`);
  await Promise.all(running.splice(0).map((health) => health.shutdown(AbortSignal.timeout(1000))));
});

async function started(raw: object = {}) {
  const [port] = await freePorts(1);
  const parsed = parseConfig(healthCheckConfig, { endpoint: `127.0.0.1:${port}`, ...raw });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const settings = testSettings('health_check');
  const health = healthCheckFactory.create(parsed.value, settings) as HealthCheck;
  running.push(health);
  const pipelines = [{ id: 'metrics', receivers: [], processors: [], exporters: [] }];
  const described = { pipelines, extensions: ['health_check'], status: [], featureGates: [] };
  await health.start({ extension: () => undefined, fatal: () => {}, describe: () => described });
  return { health, settings, get: (path = '/', method = 'GET') => ask(port!, { path, method }) };
}

const notAvailable = '{"status":"Server not available","upSince":"0001-01-01T00:00:00Z","uptime":""}';

test('503 until ready, 200 while ready, 503 when stopping', async () => {
  const { health, settings, get } = await started();
  const before = await get();
  expect([before.status, String(before.body)]).toStrictEqual([503, notAvailable]);
  health.ready();
  settings.clock.advance(61_500);
  const { status, headers, body } = await get('/any/path', 'POST');
  expect([status, headers['content-type'], headers.connection]).toStrictEqual([200, 'application/json', 'close']);
  expect(String(body)).toBe('{"status":"Server available","upSince":"2023-11-14T22:13:20Z","uptime":"1m1.5s"}');
  health.notReady();
  expect((await get()).status).toBe(503);
  expect(settings.logged.filter((line) => line.includes('state change'))).toStrictEqual([
    'info Health Check state change {"status":"ready"}',
    'info Health Check state change {"status":"unavailable"}',
  ]);
});

test('503 with the reason while a component can not do its work', async () => {
  const { health, get } = await started();
  health.ready();
  health.componentStatus('file_storage', new Error('disk full'));
  const { status, body } = await get();
  expect([status, JSON.parse(String(body)).problems]).toStrictEqual([503, ['file_storage: disk full']]);
  health.componentStatus('file_storage', undefined);
  expect((await get()).status).toBe(200);
});

test('a liveness probe returns only whether the process is ready', async () => {
  const { health, get } = await started();
  expect((await get('/livez')).status).toBe(503);
  health.ready();
  health.componentStatus('file_storage', new Error('disk full'));
  const { status, body } = await get('/livez?verbose');
  expect([status, JSON.parse(String(body)).status]).toStrictEqual([200, 'Server available']);
  expect((await get('/')).status).toBe(503);
});

test('bodies of one’s own', async () => {
  const { health, get } = await started({ response_body: { healthy: 'fine', unhealthy: '<h1>no</h1>' } });
  const before = await get();
  expect([before.status, before.headers['content-type'], String(before.body)]).toStrictEqual([
    503,
    'text/html; charset=utf-8',
    '<h1>no</h1>',
  ]);
  health.ready();
  const after = await get();
  expect([after.headers['content-type'], String(after.body)]).toStrictEqual(['text/plain; charset=utf-8', 'fine']);
});

test('a path of one’s own is the only one', async () => {
  const { health, get } = await started({ path: '/health', auth: { authenticator: 'ignored' } });
  health.ready();
  expect([(await get('/health')).status, (await get('/')).status, (await get('/health/x')).status]).toStrictEqual([
    200, 404, 404,
  ]);
});

/** Returns the problems, and what pitot says that it ignores. */
function judged(raw: object) {
  const parsed = parseConfig(healthCheckConfig, raw);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const problems = validateConfig(healthCheckConfig, parsed.value).map(({ message }) => message);
  return [problems, healthCheckFactory.remarks!(parsed.value).map(({ key }) => key)];
}

test('statuses of components need a feature gate', () => {
  const [http] = judged({ http: { endpoint: 'x:1' } });
  expect(http).toEqual([expect.stringMatching(/^v2 healthcheck configuration/)]);
  expect(judged({ grpc: null })[0]).toEqual(http);
  expect(judged({ component_health: {} })).toEqual([[], ['component_health']]);
  switchGates(`+${statusGate}`);
  expect(judged({ http: { endpoint: 'x:1' } })).toEqual([[], []]);
  expect(judged({ component_health: {} })).toEqual([[], ['endpoint']]);
  expect(judged({ use_v2: true })[0]).toEqual(['must specify at least one protocol']);
});

test('with the feature gate, the path serves the statuses of healthcheckv2', async () => {
  switchGates(`+${statusGate}`);
  const { health, get } = await started({ path: '/x', response_body: { healthy: 'fine' } });
  health.ready();
  const { status, headers, body } = await get('/x?verbose');
  expect([status, headers['content-type']]).toStrictEqual([200, 'application/json']);
  expect(JSON.parse(String(body))).toMatchObject({ healthy: true, status: 'StatusOK', components: {} });
  expect((await get('/')).status).toBe(404);
});

test('with the feature gate, http replaces the older settings', async () => {
  switchGates(`+${statusGate}`);
  const [port] = await freePorts(1);
  const { health, get } = await started({ http: { endpoint: `127.0.0.1:${port}` } });
  health.ready();
  await expect(get('/')).rejects.toThrow('ECONNREFUSED');
  expect((await ask(port!, { path: '/status' })).status).toBe(200);
});
