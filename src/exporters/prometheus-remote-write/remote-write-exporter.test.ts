import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { noClientContext } from '#component/consumer.ts';
import { PermanentError, RetryableError } from '#component/errors.ts';
import { parseConfig } from '#config/schema.ts';
import { temporality } from '#pdata/metrics.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { attributes, counter, gauge, number, request } from '../../../test/support/pdata.ts';
import { startWriteReceiver, stored, type WriteReceiver } from '../../../test/support/remote-write-receiver.ts';
import { remoteWriteConfig } from './config.ts';
import { RemoteWriteExporter } from './remote-write-exporter.ts';

const never = new AbortController().signal;
const host = { extension: () => undefined, fatal: () => undefined };
let receiver: WriteReceiver;
const running: RemoteWriteExporter[] = [];

beforeEach(async () => {
  receiver = await startWriteReceiver();
});
afterEach(async () => {
  for (const exporter of running.splice(0)) await exporter.shutdown(AbortSignal.abort());
  await receiver.close();
});

async function started(settings: object = {}, component = testSettings('rw')): Promise<RemoteWriteExporter> {
  const parsed = parseConfig(remoteWriteConfig, {
    endpoint: receiver.url,
    retry_on_failure: { initial_interval: '1ms', max_interval: '1ms' },
    ...settings,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure));
  const exporter = new RemoteWriteExporter(parsed.value, component);
  running.push(exporter);
  await exporter.start(host);
  return exporter;
}

const withoutQueue = { remote_write_queue: { enabled: false } };

it('answers clients before it sends, unless the queue is disabled', async () => {
  const queued = await started();
  await queued.consume(request({}, gauge('g', number(1))), noClientContext);
  await receiver.received(1);
  expect(receiver.requests[0]!.series.map(({ labels }) => labels)).toEqual(['__name__="g"']);

  receiver.answer = (_, response) => void response.writeHead(400).end('no');
  const direct = await started(withoutQueue);
  const failure = direct.consume(request({}, gauge('g', number(1))), noClientContext);
  await expect(failure).rejects.toBeInstanceOf(PermanentError);
});

it('repeats a request until the receiver stores it', async () => {
  let failures = 2;
  receiver.answer = (request, response) => {
    if (failures-- > 0) response.writeHead(failures === 0 ? 429 : 503).end();
    else stored(request, response);
  };
  const exporter = await started(withoutQueue);
  await exporter.consume(request({}, gauge('g', number(1))), noClientContext);
  expect(receiver.requests).toHaveLength(3);
});

it('tells the client to retry if the receiver stays away', async () => {
  receiver.answer = (_, response) => void response.writeHead(503).end();
  const exporter = await started({ ...withoutQueue, retry_on_failure: { enabled: false } });
  const failure = exporter.consume(request({}, gauge('g', number(1))), noClientContext);
  await expect(failure).rejects.toBeInstanceOf(RetryableError);
});

it('splits data into requests, of which several are sent at the same time', async () => {
  let inFlight = 0;
  let most = 0;
  receiver.answer = (request, response) => {
    most = Math.max(most, ++inFlight);
    setTimeout(() => {
      inFlight -= 1;
      stored(request, response);
    }, 20);
  };
  const exporter = await started({ ...withoutQueue, max_batch_size_bytes: 400, max_batch_request_parallelism: 3 });
  const points = Array.from({ length: 40 }, (_, i) => number(i, { attributes: attributes({ i: `${i}` }) }));
  await exporter.consume(request({}, gauge('g', ...points)), noClientContext);
  const labels = receiver.requests.flatMap(({ series }) => series.map((one) => one.labels));
  expect(new Set(labels).size).toBe(40);
  expect(receiver.requests.length).toBeGreaterThan(5);
  expect(most).toBe(3);
});

it('sends the rest of a request with deltas, and counts and names what it leaves out', async () => {
  const settings = testSettings('rw');
  const exporter = await started(withoutQueue, settings);
  const delta = counter({ name: 'd', aggregationTemporality: temporality.delta }, number(1), number(2));
  await exporter.consume(request({}, delta, counter('c', number(1))), noClientContext);
  await exporter.consume(request({}, delta), noClientContext);
  expect(receiver.requests.flatMap(({ series }) => series.map(({ labels }) => labels))).toEqual(['__name__="c_total"']);
  const dropped = { exporter: 'rw', reason: 'temporality' };
  expect(settings.measured('pitot_remote_write_dropped_points_total', dropped)).toBe(4);
  expect(
    settings.measured('otelcol_exporter_prometheusremotewrite_failed_translations', {
      exporter: 'rw',
      endpoint: receiver.url,
    }),
  ).toBe(2);
  expect(settings.logged.filter((entry) => entry.includes('Data points dropped'))).toEqual([
    'warn Data points dropped {"metric":"d","reason":"invalid temporality and type combination for metric \\"d\\""}',
  ]);
});

it('keeps data on disk while the receiver is down, and sends it after a restart', async () => {
  const wal = { wal: { directory: mkdtempSync(join(tmpdir(), 'pitot-rw-')) } };
  receiver.answer = (_, response) => void response.writeHead(503).end();
  const before = await started({ ...withoutQueue, ...wal });
  await before.consume(request({}, gauge('a', number(1))), noClientContext);
  await before.consume(request({}, gauge('b', number(1))), noClientContext);
  await receiver.received(1);
  await before.shutdown(never);

  receiver.answer = stored;
  const seen = receiver.requests.length;
  await started({ ...withoutQueue, ...wal });
  await receiver.received(seen + 2);
  expect(receiver.requests.slice(seen).flatMap(({ series }) => series.map(({ labels }) => labels))).toEqual([
    '__name__="a"',
    '__name__="b"',
  ]);
});

it('sends what is queued at shutdown', async () => {
  const exporter = await started();
  for (let i = 0; i < 5; i++) await exporter.consume(request({}, gauge(`g${i}`, number(i))), noClientContext);
  await exporter.shutdown(never);
  expect(receiver.requests).toHaveLength(5);
});

it('forwards headers of clients', async () => {
  const exporter = await started({ ...withoutQueue, include_metadata_keys: ['X-Tenant'] });
  const client = { ...noClientContext, metadata: new Map([['x-tenant', ['t']]]) };
  await exporter.consume(request({}, gauge('g', number(1))), client);
  expect(receiver.requests[0]!.headers['x-tenant']).toBe('t');
});

it.each([{ '': 'x' }, { a: '' }])('refuses external labels without name or value: %j', async (labels) => {
  await expect(started({ external_labels: labels })).rejects.toThrow(
    'prometheus remote write: external labels configuration contains an empty key or value',
  );
});

it('leaves out an attribute with an empty key, and counts it', async () => {
  const settings = testSettings('rw');
  const exporter = await started(withoutQueue, settings);
  await exporter.consume(
    request({}, gauge('g', number(1, { attributes: attributes({ '': 'x', a: '1' }) }))),
    noClientContext,
  );
  expect(receiver.requests[0]!.series[0]!.labels).toBe('__name__="g",a="1"');
  expect(settings.measured('pitot_remote_write_omitted_labels_total', { exporter: 'rw' })).toBe(1);
});
