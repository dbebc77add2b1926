import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import zlib from 'node:zlib';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, test } from 'vitest';
import { testSettings } from '../../../test/support/component-settings.ts';
import { counter, type TestFamily } from '../../../test/support/families.ts';
import { ask } from '../../../test/support/http.ts';
import { ExpositionRenderer } from './exposition-renderer.ts';
import { type Collected, type ObservedScrape, registerMetricsRoute } from './metrics-route.ts';

const running: FastifyInstance[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((app) => app.close()));
});

const small = (): TestFamily[] => [counter('small_total', [1])];
const large = (): TestFamily[] => [
  counter(
    'large_total',
    Array.from({ length: 200_000 }, (_, i) => i),
  ),
];

/** Starts a server of `/metrics` alone, with changeable collected data. */
async function serving(collected: Partial<Collected>, maxScrapes = 16) {
  const settings = testSettings('prometheus');
  const observed: ObservedScrape[] = [];
  let sent = 0;
  let refused = 0;
  const page: Collected = { families: [], gatherError: undefined, sent: () => void sent++, ...collected };
  const app = fastify({ exposeHeadRoutes: false });
  running.push(app);
  registerMetricsRoute(app, {
    collect: () => page,
    renderer: new ExpositionRenderer({ clock: settings.clock }),
    offersOpenMetrics: true,
    logger: settings.logger,
    clock: settings.clock,
    observe: (scrape) => void observed.push(scrape),
    maxScrapes: () => maxScrapes,
    onRefused: () => void refused++,
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  return { port, settings, observed, sent: () => sent, refused: () => refused };
}

describe('a page', () => {
  test('is returned for every method, with a length if it is short', async () => {
    const { port, observed, sent } = await serving({ families: small() });
    for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
      const answer = await ask(port, { path: '/metrics', method });
      expect([answer.status, answer.headers['content-length']]).toEqual([200, String(answer.body.length)]);
      expect(answer.body.toString()).toContain('small_total{i="0"} 1\n');
    }
    expect([observed.length, sent()]).toEqual([4, 4]);
    expect(observed[0]).toMatchObject({ outcome: 'sent', coding: 'identity', bodyBytes: observed[0]!.bodyBytes });
  });

  test('contains the families that the query names, and is no scrape then', async () => {
    const { port, sent } = await serving({ families: small() });
    const page = async (query: string) => String((await ask(port, { path: `/metrics?${query}` })).body);
    expect(await page('name[]=small_total&name[]=other')).toContain('small_total{i="0"} 1\n');
    expect(await page('name%5B%5D=other')).toBe('');
    expect(await page('name[]=')).toBe('');
    expect(sent()).toBe(0);
    expect(await page('other=1')).toContain('small_total');
    expect(sent()).toBe(1);
    // Same as the Collector, a pair with a broken escape or a semicolon does not count.
    expect(await page('name[]=%zz&a=b;name[]=x')).toContain('small_total');
  });

  test('names the headers on which it depends', async () => {
    const { port } = await serving({ families: small() });
    expect((await ask(port, { path: '/metrics' })).headers.vary).toBe('Accept, Accept-Encoding');
  });

  test('has headers and no body for HEAD, which is no scrape', async () => {
    const { port, sent } = await serving({ families: small() });
    const answer = await ask(port, { path: '/metrics', method: 'HEAD' });
    expect([answer.status, answer.body.length, sent()]).toEqual([200, 0, 0]);
    expect(Number(answer.headers['content-length'])).toBeGreaterThan(0);
  });

  test('has the requested format and compression', async () => {
    const { port, observed } = await serving({ families: large() });
    const headers = { 'accept-encoding': 'gzip', accept: 'application/openmetrics-text;version=1.0.0' };
    const answer = await ask(port, { path: '/metrics', headers });
    expect(answer.headers).toMatchObject({
      'content-encoding': 'gzip',
      'content-type': expect.stringContaining('application/openmetrics-text; version=1.0.0'),
    });
    expect(zlib.gunzipSync(answer.body).toString()).toMatch(/large_total\{i="199999"\} 199999\.0\n# EOF\n$/);
    expect(observed[0]).toMatchObject({ coding: 'gzip', bodyBytes: answer.body.length });
  });

  test('of nothing is empty', async () => {
    const { port } = await serving({});
    expect(await ask(port, { path: '/metrics' })).toMatchObject({ status: 200, body: Buffer.alloc(0) });
  });

  test('waits for data that must be on disk before it is shown', async () => {
    let release = () => {};
    const kept = new Promise<void>((done) => {
      release = done;
    });
    const { port } = await serving({ families: small(), settled: () => kept });
    let isAnswered = false;
    const answer = ask(port, { path: '/metrics' }).then((given) => {
      isAnswered = true;
      return given;
    });
    await new Promise((done) => setImmediate(done));
    expect(isAnswered).toBe(false);
    release();
    expect((await answer).status).toBe(200);
  });
});

describe('a client that disconnects', () => {
  test('is recorded: the scrape was aborted, and nobody received the response', async () => {
    const { port, observed, sent, settings } = await serving({ families: large() });
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(socket, 'data');
    socket.pause();
    socket.destroy();
    await expect.poll(() => observed).toHaveLength(1);
    expect([observed[0]!.outcome, sent(), settings.logged]).toEqual(['aborted', 0, []]);
  });
});

describe('omitted series', () => {
  test('is logged, and the rest is shown', async () => {
    const { port, settings } = await serving({ families: small(), gatherError: '1 error(s) occurred:\n* x' });
    expect((await ask(port, { path: '/metrics' })).status).toBe(200);
    expect(settings.logged).toEqual(['error error gathering metrics: 1 error(s) occurred:\n* x']);
  });

  test('is all there is: 500', async () => {
    const { port } = await serving({ gatherError: '1 error(s) occurred:\n* x' });
    const answer = await ask(port, { path: '/metrics' });
    expect([answer.status, answer.body.toString()]).toEqual([
      500,
      'An error has occurred while serving metrics:\n\n1 error(s) occurred:\n* x\n',
    ]);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/plain; charset=utf-8',
      'x-content-type-options': 'nosniff',
    });
  });
});

test('an error during rendering closes the connection and is logged, and the next scrape succeeds', async () => {
  const families = small();
  const broken = {
    ...families[0]!,
    get series(): never {
      throw new Error('broken');
    },
  };
  const page: { families: readonly TestFamily[] } = { families: [broken] };
  const { port, settings, observed } = await serving({
    get families() {
      return page.families;
    },
  });
  await expect(ask(port, { path: '/metrics' })).rejects.toThrow();
  expect(settings.logged).toEqual(['error error encoding and sending metric family {"error":"Error: broken"}']);
  expect(observed[0]).toMatchObject({ outcome: 'failed' });
});

test('scrapes above the limit are refused, and the place of one that has ended is free again', async () => {
  let settle: () => void = () => undefined;
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });
  const { port, refused } = await serving({ families: small(), settled: () => settled }, 2);
  const first = ask(port, { path: '/metrics' });
  const second = ask(port, { path: '/metrics' });
  await expect.poll(async () => (await ask(port, { path: '/metrics', method: 'HEAD' })).status).toBe(503);
  const third = await ask(port, { path: '/metrics' });
  expect([third.status, third.headers['retry-after']]).toEqual([503, '1']);
  expect(third.body.toString()).toBe('Limit of concurrent requests reached (2), try again later.\n');
  expect(refused()).toBeGreaterThanOrEqual(2);
  settle();
  expect([(await first).status, (await second).status]).toEqual([200, 200]);
  expect((await ask(port, { path: '/metrics' })).status).toBe(200);
});
