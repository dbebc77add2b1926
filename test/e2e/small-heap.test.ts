import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, postMetrics } from '../support/http.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from '../support/pitot.ts';
import { field } from '../support/wire.ts';

/* A process with little memory, and requests of a few kilobytes that would decode to gigabytes. */

let pitot: RunningPitot;
let http: number;
let page: number;

beforeAll(async () => {
  [http, page] = (await freePorts(2)) as [number, number];
  const config = {
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${http}` } } } },
    exporters: { prometheus: { endpoint: `127.0.0.1:${page}` } },
    service: {
      telemetry: { metrics: { level: 'none' } },
      pipelines: { metrics: { receivers: ['otlp'], exporters: ['prometheus'] } },
    },
  };
  pitot = startPitot([`--config=${configFile(config)}`], {
    NODE_OPTIONS: '--max-old-space-size=150 --max-semi-space-size=16',
  });
  await untilListening(pitot, [http, page]);
});

afterAll(() => pitot?.stop());

const inMetric = (data: Buffer) => field(1, field(2, field(2, field(1, 'm'), data)));
const empty = (tag: string, bytes = 19_000_000) => Buffer.alloc(bytes, `${tag}00`, 'hex');
const decodesLarge: readonly (readonly [string, Buffer])[] = [
  ['resources', empty('0a')],
  ['scopes', field(1, empty('12'))],
  ['metrics', field(1, field(2, empty('12')))],
  ['points', inMetric(field(5, empty('0a')))],
  ['points of histograms', inMetric(field(9, empty('0a')))],
  ['points of exponential histograms', inMetric(field(10, empty('0a')))],
];
const hasLargePoint: readonly (readonly [string, Buffer])[] = [
  ['attributes', inMetric(field(5, field(1, empty('3a'))))],
  ['exemplars', inMetric(field(5, field(1, empty('2a'))))],
  ['elements of a list', inMetric(field(5, field(1, field(7, field(1, 'k'), field(2, field(5, empty('0a')))))))],
  ['buckets', inMetric(field(10, field(1, field(8, field(2, Buffer.alloc(19_000_000))))))],
];
const zipped = async (body: Buffer) => {
  const answer = await postMetrics(http, gzipSync(body), { 'content-encoding': 'gzip' });
  return [answer.status, answer.body.toString()] as const;
};

test.each(decodesLarge)('refuses a body that contains only %s', async (_, body) => {
  expect(await zipped(body)).toEqual([400, expect.stringMatching(/the request has more than \d+ /)]);
});

test.each(hasLargePoint)('drops a point that contains only %s', async (_, body) => {
  expect(await zipped(body)).toEqual([200, expect.stringContaining('metric points exceed a limit: 1 ')]);
});

test('still serves /metrics and accepts requests after all bodies arrive concurrently', async () => {
  const answers = await Promise.all([...decodesLarge, ...hasLargePoint].map(([, body]) => zipped(body)));
  // 503: together they exceed what may be in flight.
  for (const [status] of answers) expect([200, 400, 503]).toContain(status);
  expect((await postMetrics(http, inMetric(field(5, field(1))))).status).toBe(200);
  expect((await ask(page, { path: '/metrics' })).status).toBe(200);
  expect(pitot.process.exitCode).toBeNull();
});
