import { afterEach, expect, test } from 'vitest';
import { testSettings } from '../../test/support/component-settings.ts';
import { ask } from '../../test/support/http.ts';
import { MetricsServer } from './metrics-server.ts';

const open: MetricsServer[] = [];
const never = new AbortController().signal;
afterEach(() => Promise.all(open.splice(0).map((server) => server.close(never))));

function serverOn(port: number, allowedHosts: string[] = []): MetricsServer {
  const server = new MetricsServer({
    host: '127.0.0.1',
    port,
    allowedHosts,
    logger: testSettings().logger,
    contentType: 'text/plain; version=0.0.4',
    page: async () => 'a 1\n',
  });
  open.push(server);
  return server;
}

test('serves /metrics and no other path, compressed if requested', async () => {
  const server = serverOn(0);
  await server.start();
  const get = (path: string, encoding: string) =>
    fetch(`http://${server.address}${path}`, { headers: { 'accept-encoding': encoding } });
  const f = async (encoding: string, want: string | null) => {
    const answer = await get('/metrics', encoding);
    expect([encoding, answer.headers.get('content-encoding'), await answer.text()]).toEqual([encoding, want, 'a 1\n']);
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4');
  };
  await f('gzip', 'gzip');
  await f('deflate, gzip;q=0.5', 'gzip');
  await f('identity', null);
  await f('gzip;q=0', null);
  expect((await get('/', 'gzip')).status).toBe(404);
});

test('names a port that is in use', async () => {
  const first = serverOn(0);
  await first.start();
  const port = Number(first.address.split(':').at(-1));
  await expect(serverOn(port).start()).rejects.toThrow(
    `binding address 127.0.0.1:${port} for Prometheus exporter: listen tcp 127.0.0.1:${port}: bind: address already in use`,
  );
});

test('refuses a name that another site could have bound to the address, unless it is allowed', async () => {
  const server = serverOn(0, ['Collector.example.com']);
  await server.start();
  const port = Number(server.address.split(':').at(-1));
  const statusFor = async (host: string) => (await ask(port, { path: '/metrics', headers: { host } })).status;
  expect(await statusFor('evil.test')).toBe(403);
  expect(await statusFor(`evil.test:${port}`)).toBe(403);
  for (const host of [
    '10.1.2.3:8888',
    '[::1]:8888',
    'otel-collector:8888',
    'c.airflow.svc:8888',
    'collector.example.com',
  ]) {
    expect([host, await statusFor(host)]).toEqual([host, 200]);
  }
  const any = serverOn(0, ['*']);
  await any.start();
  const answer = await ask(Number(any.address.split(':').at(-1)), { path: '/metrics', headers: { host: 'evil.test' } });
  expect(answer.status).toBe(200);
});
