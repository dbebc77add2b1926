import { afterEach, expect, test } from 'vitest';
import { testSettings } from '../../test/support/component-settings.ts';
import { MetricsServer } from './metrics-server.ts';

const open: MetricsServer[] = [];
const never = new AbortController().signal;
afterEach(() => Promise.all(open.splice(0).map((server) => server.close(never))));

function serverOn(port: number): MetricsServer {
  const server = new MetricsServer({
    host: '127.0.0.1',
    port,
    logger: testSettings().logger,
    contentType: 'text/plain; version=0.0.4',
    page: async () => 'a 1\n',
  });
  open.push(server);
  return server;
}

test('the page is served at /metrics and nowhere else, compressed for those who want it', async () => {
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

test('a port that is taken is named', async () => {
  const first = serverOn(0);
  await first.start();
  const port = Number(first.address.split(':').at(-1));
  await expect(serverOn(port).start()).rejects.toThrow(
    `binding address 127.0.0.1:${port} for Prometheus exporter: listen tcp 127.0.0.1:${port}: bind: address already in use`,
  );
});
