import { type ClientHttp2Session, connect } from 'node:http2';
import { afterEach, expect, test } from 'vitest';
import type { Component, Host } from '#component/component.ts';
import type { ServerAuthenticator } from '#component/extension.ts';
import { parseConfig, validateConfig } from '#config/schema.ts';
import { testSettings } from '../../../../test/support/component-settings.ts';
import { grpcCall, grpcFrame } from '../../../../test/support/grpc.ts';
import { ask } from '../../../../test/support/http.ts';
import { freePorts } from '../../../../test/support/pitot.ts';
import { healthCheckV2Config } from './config.ts';
import { HealthCheckV2 } from './health-check-v2.ts';
import { maxHealthRequest } from './health-request.ts';

const running: HealthCheckV2[] = [];
const sessions: ClientHttp2Session[] = [];
afterEach(async () => {
  for (const session of sessions.splice(0)) session.destroy();
  await Promise.all(running.splice(0).map((health) => health.shutdown(AbortSignal.timeout(1000))));
});

const pipelines = [{ id: 'metrics/a', receivers: ['otlp'], processors: ['batch'], exporters: ['otlp'] }];

async function started(raw: object = {}, extensions: Record<string, Component> = {}) {
  const [http, grpc] = (await freePorts(2)) as [number, number];
  const parsed = parseConfig(healthCheckV2Config, {
    use_v2: true,
    ...raw,
    http: { endpoint: `127.0.0.1:${http}`, config: { enabled: true } },
    grpc: { endpoint: `127.0.0.1:${grpc}`, ...('grpc' in raw && (raw.grpc as object)) },
  });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const settings = testSettings('healthcheckv2');
  const health = new HealthCheckV2(parsed.value, settings);
  running.push(health);
  const described = { pipelines: [...pipelines], extensions: ['healthcheckv2'], status: [], featureGates: [] };
  const host: Host = {
    extension: (id) => extensions[id],
    fatal: () => {},
    describe: () => described,
    views: { components: () => [], configuration: () => ({ text: 'a: 1s\nb: [x]\n' }) } as never,
  };
  await health.start(host);
  const get = async (path: string) => {
    const { status, body } = await ask(http, { path });
    return [status, String(body)] as const;
  };
  const check = async (name = '', headers = {}) => {
    const { code, words, response } = await call(grpc, 'Check', name, headers);
    return code === 0 ? response.toString('hex') : `${code} ${words}`;
  };
  return { health, settings, described, http, grpc, get, check };
}

function requestOf(name: string): Buffer {
  const text = Buffer.from(name);
  return text.length === 0 ? text : Buffer.concat([Buffer.from([10, text.length]), text]);
}

function call(port: number, method: string, name: string, headers = {}) {
  return grpcCall(port, { path: `/grpc.health.v1.Health/${method}`, body: grpcFrame(requestOf(name)), headers });
}

/** Opens calls of Watch on one connection. `next` resolves with the next status, or with the status of a call that ended. */
function watch(port: number, name: string, count = 1) {
  const session = connect(`http://127.0.0.1:${port}`);
  sessions.push(session);
  const received: (number | string)[] = [];
  let wake = () => {};
  const add = (value: number | string) => {
    received.push(value);
    wake();
  };
  const addEnd = (fields: Record<string, unknown>) => {
    if ('grpc-status' in fields) add(`${fields['grpc-status']} ${decodeURIComponent(String(fields['grpc-message']))}`);
  };
  for (let index = 0; index < count; index++) {
    const stream = session.request({
      ...{ ':method': 'POST', ':path': '/grpc.health.v1.Health/Watch' },
      ...{ 'content-type': 'application/grpc', te: 'trailers' },
    });
    stream.on('data', (bytes: Buffer) => {
      for (let at = 0; at < bytes.length; at += 7) add(bytes[at + 6]!);
    });
    stream.on('response', addEnd);
    stream.on('trailers', addEnd);
    stream.on('error', () => {});
    stream.end(grpcFrame(requestOf(name)));
  }
  const until = async (length: number) => {
    while (received.length < length) await new Promise<void>((resolve) => (wake = resolve));
  };
  return {
    next: async () => {
      await until(1);
      return received.shift();
    },
    received: async (length: number) => {
      await until(length);
      return received.splice(0);
    },
    close: () => session.destroy(),
  };
}

const servingHex = '00000000020801';
const notServingHex = '00000000020802';

test('Check returns the statuses of everything, of extensions, and of a pipeline', async () => {
  const { health, check } = await started();
  expect(await check()).toBe(notServingHex);
  health.ready();
  for (const name of ['', 'extensions', 'metrics/a']) expect([name, await check(name)]).toEqual([name, servingHex]);
  expect(await check('metrics')).toBe('5 Service not found.');
  health.notReady();
  expect(await check('metrics/a')).toBe(notServingHex);
});

test('List and unknown methods are answered as by the Collector', async () => {
  const { grpc } = await started();
  expect(await call(grpc, 'List', '')).toMatchObject({ code: 12, words: 'method List not implemented' });
  const unknown = 'unknown method Nope for service grpc.health.v1.Health';
  expect(await call(grpc, 'Nope', '')).toMatchObject({ code: 12, words: unknown });
});

test('bad requests have a status and do not stop the service', async () => {
  const { health, grpc, check } = await started();
  health.ready();
  const path = '/grpc.health.v1.Health/Check';
  const codeOf = async (body: Buffer) => (await grpcCall(grpc, { path, body })).code;
  expect(await codeOf(Buffer.from([0, 0]))).toBe(13);
  expect(await codeOf(grpcFrame(Buffer.from([10, 200])))).toBe(13);
  expect(await codeOf(grpcFrame(Buffer.alloc(10), { flag: 1 }))).toBe(12);
  expect(await codeOf(grpcFrame(Buffer.alloc(maxHealthRequest + 1)))).toBe(8);
  expect(await codeOf(grpcFrame(Buffer.concat([Buffer.from([16, 1]), requestOf('metrics/a')])))).toBe(0);
  expect(await check()).toBe(servingHex);
});

test('Watch sends each change, an unknown service as 3, and ends at shutdown', async () => {
  const { health, grpc, described } = await started();
  const all = watch(grpc, '');
  const later = watch(grpc, 'traces');
  expect([await all.next(), await later.next()]).toEqual([2, 3]);
  health.ready();
  expect(await all.next()).toBe(1);
  described.pipelines.push({ id: 'traces', receivers: ['otlp'], processors: [], exporters: ['nop'] });
  health.pipelinesChanged();
  expect(await later.next()).toBe(1);
  health.notReady();
  expect([await all.next(), await later.next()]).toEqual([2, 2]);
  await health.shutdown(AbortSignal.timeout(1000));
  expect([await all.next(), await later.next()]).toEqual(['1 Server shutting down.', '1 Server shutting down.']);
});

test('at most 1,000 calls of Watch are open, and a closed one makes space', async () => {
  const { grpc } = await started();
  const opened = await Promise.all(
    [700, 300].map(async (count) => {
      const watches = watch(grpc, '', count);
      expect(await watches.received(count)).toEqual(Array.from({ length: count }, () => 2));
      return watches;
    }),
  );
  expect(await watch(grpc, '').next()).toBe('8 more than 1000 calls of Watch');
  opened[1]!.close();
  await expect.poll(() => watch(grpc, '').next()).toBe(2);
});

test('a problem of a component is unhealthy only with include_recoverable_errors', async () => {
  const { health, check, get } = await started();
  health.ready();
  health.componentStatus('otlp', new Error('disk full'), 'exporter');
  expect(await check()).toBe(servingHex);
  const [code, body] = await get('/status?pipeline=metrics/a&verbose');
  expect(code).toBe(200);
  const { status, error, healthy, components } = JSON.parse(body);
  expect([status, error, healthy]).toEqual(['StatusRecoverableError', 'disk full', true]);
  expect(components['receiver:otlp'].status).toBe('StatusOK');
  expect(components['exporter:otlp']).toMatchObject({ status: 'StatusRecoverableError', error: 'disk full' });
});

test('a recoverable error is unhealthy after recovery_duration, until the component recovers', async () => {
  const componentHealth = { include_recoverable_errors: true, recovery_duration: '1m' };
  const { health, settings, check, get, grpc } = await started({ component_health: componentHealth });
  health.ready();
  const watched = watch(grpc, 'metrics/a');
  expect(await watched.next()).toBe(1);
  health.componentStatus('batch', new Error('full'), 'processor');
  settings.clock.advance(59_000);
  expect([(await get('/status'))[0], await check()]).toEqual([200, servingHex]);
  settings.clock.advance(1_000);
  expect([(await get('/status'))[0], await check()]).toEqual([500, notServingHex]);
  expect((await get('/status?pipeline=extensions'))[0]).toBe(200);
  health.componentStatus('batch', new Error('still full'), 'processor');
  expect(await watched.next()).toBe(2);
  health.componentStatus('batch', undefined, 'processor');
  expect(await watched.next()).toBe(1);
  expect((await get('/status'))[0]).toBe(200);
});

test('/status has the form of the Collector', async () => {
  const { health, get } = await started();
  const at = '2023-11-14T22:13:20Z';
  const starting = `{"start_time":"${at}","healthy":true,"status":"StatusStarting","status_time":"${at}","attributes":{}}`;
  expect(await get('/status')).toEqual([503, starting]);
  health.ready();
  expect(await get('/status?verbose=false')).toEqual([200, starting.replace('StatusStarting', 'StatusOK')]);
  const part = `"healthy":true,"status":"StatusOK","status_time":"${at}","attributes":{}`;
  expect(await get('/status?pipeline=extensions&verbose')).toEqual([
    200,
    `{"start_time":"${at}",${part},"components":{"extension:healthcheckv2":{${part}}}}`,
  ]);
  expect(await get('/status?pipeline=nope')).toEqual([404, '']);
  expect(await get('/config')).toEqual([200, '{"a":"1s","b":["x"]}']);
});

test('an authenticator checks calls', async () => {
  const authenticator: ServerAuthenticator = {
    start: async () => {},
    shutdown: async () => {},
    authenticate: async (headers) => {
      if (headers.get('authorization')?.[0] !== 'Bearer probe') throw new Error('unauthenticated');
      return new Map();
    },
  };
  const { health, check } = await started({ grpc: { auth: { authenticator: 'a' } } }, { a: authenticator });
  health.ready();
  expect(await check('')).toBe('16 unauthenticated');
  expect(await check('', { authorization: 'Bearer probe' })).toBe(servingHex);
});

test('configurations fail as in the Collector', () => {
  const f = (raw: object, message: string | undefined) => {
    const parsed = parseConfig(healthCheckV2Config, raw as never);
    if (!parsed.ok) throw new Error(parsed.failure.message);
    expect(validateConfig(healthCheckV2Config, parsed.value).map((each) => each.message)[0]).toBe(message);
  };
  f({}, undefined);
  f({ use_v2: true }, 'must specify at least one protocol');
  f({ use_v2: true, grpc: {} }, undefined);
  f({ use_v2: true, grpc: { endpoint: '' } }, 'grpc endpoint required');
  f({ use_v2: true, http: { endpoint: '' } }, 'http endpoint required');
  f({ use_v2: true, http: { status: { path: 'x' } } }, 'path must start with /');
  f({ use_v2: true, http: { status: { path: 'x', enabled: false } } }, undefined);
  f({ endpoint: '' }, 'http endpoint required');
  f({ path: 'x' }, 'path must start with /');
});
