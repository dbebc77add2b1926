import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Bridge } from '../support/bridge.ts';
import { postMetrics } from '../support/http.ts';
import { encodeMetrics } from '../support/otlp.ts';

/* Scrapers that send concurrent requests, disconnect, or request unsupported formats. */

let bridge: Bridge;
beforeAll(async () => {
  bridge = await Bridge.start();
  const dataPoints = Array.from({ length: 1000 }, (_, asInt) => ({
    asInt,
    attributes: [{ key: 'i', value: { intValue: asInt } }],
  }));
  const body = encodeMetrics({
    resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name: 'm', gauge: { dataPoints } }] }] }],
  });
  expect((await postMetrics(bridge.ports.http, body)).status).toBe(200);
});
afterAll(() => bridge?.stop());

test('returns the same output to two hundred concurrent scrapes', async () => {
  const pages = await Promise.all(Array.from({ length: 200 }, () => bridge.scrape()));
  expect(new Set(pages.map(({ body }) => body.toString('latin1'))).size).toBe(1);
  expect(pages.every(({ status }) => status === 200)).toBe(true);
});

test('serves other scrapers after some disconnect during the response', async () => {
  for (let index = 0; index < 20; index++) {
    const socket = connect(bridge.ports.page, '127.0.0.1');
    socket.on('error', () => {});
    await new Promise((done) => socket.write('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n', done));
    await new Promise((done) => socket.once('data', done));
    socket.destroy();
  }
  expect((await bridge.scrape()).status).toBe(200);
  expect(bridge.pitot.output().toString()).not.toMatch(/\terror\t/);
});

test.each([
  ['nonsense', '\u00ff;;;q=x,,/'],
  ['a long list', Array(2_000).fill('application/x;q=0.1').join()],
  ['an unsupported format', 'image/png'],
  ['an empty text', ''],
  ['an unsupported version of text', 'text/plain;version=9'],
])('returns text for an Accept header with %s', async (_, accept) => {
  const answer = await bridge.scrape({ accept });
  expect([answer.status, answer.headers['content-type']]).toEqual([
    200,
    expect.stringContaining('text/plain; version=0.0.4'),
  ]);
});
