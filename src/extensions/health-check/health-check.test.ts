import { afterEach, expect, test } from 'vitest';
import { parseConfig, validateConfig } from '#config/schema.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { ask } from '../../../test/support/http.ts';
import { freePorts } from '../../../test/support/pitot.ts';
import { healthCheckConfig } from './config.ts';
import { HealthCheck } from './health-check.ts';

const running: HealthCheck[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((health) => health.shutdown(AbortSignal.timeout(1000))));
});

async function started(raw: object = {}) {
  const [port] = await freePorts(1);
  const parsed = parseConfig(healthCheckConfig, { endpoint: `127.0.0.1:${port}`, ...raw });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const settings = testSettings('health_check');
  const health = new HealthCheck(parsed.value, settings);
  running.push(health);
  await health.start({ extension: () => undefined, fatal: () => {} });
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

test('keys that need a feature gate are refused', () => {
  const parsed = parseConfig(healthCheckConfig, { http: { endpoint: 'x:1' } });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  expect(validateConfig(healthCheckConfig, parsed.value)[0]?.message).toMatch(/^v2 healthcheck configuration/);
});
