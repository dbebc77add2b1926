import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseConfig } from '#config/schema.ts';
import { prometheusConfig } from '#exporters/prometheus/config.ts';
import { PrometheusExporter } from '#exporters/prometheus/prometheus-exporter.ts';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { negotiateFormat } from '#prometheus/exposition/negotiate-format.ts';
import { ManualClock, testSettings } from '../../../test/support/component-settings.ts';
import {
  attributes,
  counter,
  exponential,
  exponentialPoint,
  gauge,
  histogram,
  histogramPoint,
  number,
  request,
  resource,
  summary,
  summaryPoint,
} from '../../../test/support/pdata.ts';
import { readRecording } from '../../../test/support/recording.ts';
import { startWriteReceiver, stored, type WriteReceiver } from '../../../test/support/remote-write-receiver.ts';
import { renderExposition } from '../../../test/support/render-exposition.ts';
import { readTextExposition, seriesKey } from '../../../test/support/text-exposition.ts';
import { remoteWriteConfig } from './config.ts';
import { remoteWriteExporterFactory } from './factory.ts';
import { TotalsExporter } from './totals-exporter.ts';

const never = new AbortController().signal;
const host = { extension: () => undefined, fatal: () => undefined };
let receiver: WriteReceiver;
const running: { shutdown(deadline: AbortSignal): Promise<void> }[] = [];

beforeEach(async () => {
  receiver = await startWriteReceiver();
});
afterEach(async () => {
  for (const exporter of running.splice(0)) await exporter.shutdown(AbortSignal.abort());
  await receiver.close();
});

async function started(settings: object = {}, clock = new ManualClock()): Promise<TotalsExporter> {
  const parsed = parseConfig(remoteWriteConfig, {
    endpoint: receiver.url,
    push_interval: '1h',
    retry_on_failure: { initial_interval: '1ms', max_interval: '1ms' },
    ...settings,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.failure));
  const exporter = remoteWriteExporterFactory.create.metrics!(parsed.value, testSettings('rw', clock));
  if (!(exporter instanceof TotalsExporter)) throw new Error('not the exporter of totals');
  running.push(exporter);
  await exporter.start(host);
  return exporter;
}

/** Pushes, and returns the samples that arrive, as `labels value`. */
async function pushed(exporter: TotalsExporter): Promise<string[]> {
  const before = receiver.requests.length;
  await exporter.push();
  await receiver.received(before + 1);
  return receiver.requests
    .slice(before)
    .flatMap(({ series }) =>
      series.flatMap(({ labels, samples }) => samples.map((one) => `${labels} ${one.split('@')[0]}`)),
    );
}

const process = (id: string) => resource({ 'service.name': 'airflow', 'service.instance.id': id });
const count = (id: string, value: number) =>
  request({ resource: process(id) }, counter('c', number(value, { startTimeUnixNano: BigInt(id) })));
const accumulation = { accumulation: { enabled: true, target_info: 'off', zero_first: false } };
const total = '__name__="c_total",job="airflow"';

it('pushes totals of all processes, each time all series', async () => {
  const exporter = await started({ ...accumulation, external_labels: { cluster: 'eu' } });
  const clock = 1_700_000_000_000n * 1_000_000n;
  const labels = '__name__="c_total",cluster="eu",job="airflow"';
  await exporter.consume(count(String(clock + 1n), 3));
  await exporter.consume(count(String(clock + 2n), 4));
  expect(await pushed(exporter)).toEqual([`${labels} 7`]);
  expect(await pushed(exporter)).toEqual([`${labels} 7`]);
  await exporter.consume(count(String(clock + 3n), 1));
  expect(await pushed(exporter)).toEqual([`${labels} 8`]);
  expect(receiver.requests[0]!.series[0]!.samples[0]).toBe('7@1700000000000');
});

it('pushes an initial zero, and the value after the receiver has the zero', async () => {
  const exporter = await started({ accumulation: { enabled: true, target_info: 'off' } });
  await exporter.consume(count('1700000000000000001', 3));
  receiver.answer = (_, response) => void response.writeHead(503).end();
  await exporter.push();
  await receiver.received(2);
  await exporter.push();
  receiver.answer = stored;
  await receiver.received(receiver.requests.length + 2);
  const values = receiver.requests.map(({ series }) => series[0]!.samples[0]!.split('@')[0]);
  expect(new Set(values)).toEqual(new Set(['0']));
  expect(await pushed(exporter)).toEqual([`${total} 3`]);
});

it('ends a series that disappears with one stale marker', async () => {
  const clock = new ManualClock();
  const exporter = await started({ metric_expiration: '10s', target_info: { enabled: false } }, clock);
  const of = (name: string) => request({ resource: process('i') }, gauge(name, number(1)));
  const name = (text: string) => `__name__="${text}",instance="i",job="airflow"`;
  await exporter.consume(of('a'));
  await exporter.consume(of('b'));
  expect(await pushed(exporter)).toEqual([`${name('a')} 1`, `${name('b')} 1`]);
  clock.advance(11_000);
  await exporter.consume(of('b'));
  expect(await pushed(exporter)).toEqual([`${name('b')} 1`, `${name('a')} stale`]);
  expect(await pushed(exporter)).toEqual([`${name('b')} 1`]);
  clock.advance(11_000);
  await exporter.consume(of('a'));
  expect(await pushed(exporter)).toEqual([`${name('a')} 1`, `${name('b')} stale`]);
});

it('ends every sample of a histogram, and the buckets that other bounds no longer have', async () => {
  const clock = new ManualClock();
  const exporter = await started({ metric_expiration: '10s', target_info: { enabled: false } }, clock);
  const of = (explicitBounds: number[], time: bigint) =>
    request({}, histogram('h', histogramPoint({ explicitBounds, bucketCounts: [1, 1, 1], timeUnixNano: time })));
  await exporter.consume(of([1, 2], 1_700_000_002_000_000_000n));
  expect(await pushed(exporter)).toHaveLength(5);
  await exporter.consume(of([1, 3], 1_700_000_003_000_000_000n));
  expect((await pushed(exporter)).filter((sample) => sample.endsWith('stale'))).toEqual([
    '__name__="h_bucket",le="2" stale',
  ]);
  clock.advance(11_000);
  expect(await pushed(exporter)).toEqual([
    '__name__="h_bucket",le="1" stale',
    '__name__="h_bucket",le="3" stale',
    '__name__="h_bucket",le="+Inf" stale',
    '__name__="h_sum" stale',
    '__name__="h_count" stale',
  ]);
});

it('pushes native histograms with their classic buckets, unless they are disabled', async () => {
  const data = () => request({}, exponential('e', exponentialPoint({ scale: 0 })));
  const exporter = await started({ classic_buckets: [2, 4] });
  await exporter.consume(data());
  await exporter.push();
  await receiver.received(1);
  const { series } = receiver.requests[0]!;
  expect(series.filter(({ histograms }) => histograms.length > 0)).toHaveLength(1);
  expect(series.map(({ labels }) => labels)).toContain('__name__="e_bucket",le="2"');

  const without = await started({ classic_buckets: [2, 4], send_native_histograms: false });
  await without.consume(data());
  await without.push();
  await receiver.received(2);
  expect(receiver.requests[1]!.series.flatMap(({ histograms }) => histograms)).toEqual([]);
});

it('pushes a last time at shutdown', async () => {
  const exporter = await started(accumulation);
  await exporter.consume(count('1700000000000000001', 3));
  await exporter.shutdown(never);
  expect(receiver.requests.at(-1)!.series[0]!.samples[0]).toMatch(/^3@/);
});

it('keeps pushes on disk while the receiver fails', async () => {
  const wal = { wal: { directory: mkdtempSync(join(tmpdir(), 'pitot-push-')) } };
  receiver.answer = (_, response) => void response.writeHead(503).end();
  const before = await started({ ...accumulation, ...wal });
  await before.consume(count('1700000000000000001', 3));
  await before.push();
  await before.shutdown(never);
  receiver.answer = stored;
  const seen = receiver.requests.length;
  await started({ ...accumulation, ...wal });
  await receiver.received(seen + 2);
  expect(receiver.requests.slice(seen, seen + 2).map(({ series }) => series[0]!.samples[0])).toEqual([
    '3@1700000000000',
    '3@1700000000000',
  ]);
});

it('discards the oldest pushes above the limit, and counts them', async () => {
  const settings = { ...accumulation, max_pending_bytes: 1 };
  receiver.answer = (_, response) => void response.writeHead(503).end();
  const exporter = await started(settings);
  await exporter.consume(count('1700000000000000001', 1));
  for (let i = 0; i < 5; i++) await exporter.push();
  receiver.answer = stored;
  const seen = receiver.requests.length;
  await exporter.shutdown(never);
  expect(receiver.requests.length - seen).toBeLessThanOrEqual(4);
});

it('sends the end of a series again if the push that contained it is discarded', async () => {
  const clock = new ManualClock();
  const settings = { metric_expiration: '10s', target_info: { enabled: false }, max_pending_bytes: 1 };
  const exporter = await started(settings, clock);
  const of = (name: string) => request({ resource: process('i') }, gauge(name, number(1)));
  await exporter.consume(of('a'));
  await exporter.consume(of('b'));
  await pushed(exporter);
  const stale = () =>
    receiver.requests.flatMap(({ series }) =>
      series.flatMap(({ labels, samples }) =>
        samples.filter((one) => one.startsWith('stale')).map(() => /__name__="(\w+)"/.exec(labels)![1]!),
      ),
    );
  let isDown = true;
  receiver.answer = (one, response) => (isDown ? void response.writeHead(503).end() : stored(one, response));
  await exporter.push();
  await receiver.received(receiver.requests.length + 1);
  clock.advance(11_000);
  await exporter.consume(of('b'));
  // The end of `a` is in the second of these pushes. The first is being sent, and the last is the newest.
  await exporter.push();
  await exporter.push();
  await exporter.push();
  expect(stale()).toEqual([]);
  isDown = false;
  await exporter.consume(of('b'));
  await exporter.push();
  await exporter.shutdown(never);
  expect(new Set(stale())).toEqual(new Set(['a']));
});

describe.each([
  ['last value', {}],
  ['accumulation', { accumulation: { enabled: true, zero_first: false } }],
])('with %s', (_, settings) => {
  it('pushes exactly what a scrape returns for recorded traffic', async () => {
    const clock = new ManualClock();
    const exporter = await started({ ...settings, send_native_histograms: false }, clock);
    const parsed = parseConfig(prometheusConfig, { endpoint: '127.0.0.1:0', ...settings });
    if (!parsed.ok) throw new Error(parsed.failure.message);
    const scraped = new PrometheusExporter(parsed.value, testSettings('prometheus', clock));
    running.push(scraped);
    const decoder = new MetricsDecoder();
    for (const { body } of readRecording('airflow-3.3').requests) {
      const metrics = decoder.decode(body);
      await exporter.consume(metrics);
      await scraped.consume(metrics);
    }
    const more = request(
      { resource: process('x') },
      summary('s', summaryPoint()),
      histogram('h', histogramPoint()),
      exponential('e', exponentialPoint({ scale: 0 })),
      gauge('g', number(Number.NaN), number(1, { attributes: attributes({ empty: '', é: 'é' }) })),
    );
    await exporter.consume(more);
    await scraped.consume(more);
    const families = scraped.store.collect(clock.monotonic());
    const text = renderExposition(negotiateFormat('text/plain;version=0.0.4', { offersOpenMetrics: false }), families);
    const samples = readTextExposition(Buffer.from(text, 'latin1'));
    const expected = samples.map(({ name, labels, value }) => `${seriesKey(name, withoutEmpty(labels))} ${value}`);
    expect(samples.length).toBeGreaterThan(100);
    await exporter.push();
    await receiver.received(1);
    const sent = receiver.requests.flatMap(({ series }) =>
      series.map(({ labels, samples: [sample] }) => {
        const { __name__: name = '', ...rest } = parsedLabels(labels);
        return `${seriesKey(name, rest)} ${Number(sample!.split('@')[0])}`;
      }),
    );
    expect(sent.sort()).toEqual(expected.sort());
  });
});

function withoutEmpty(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
}

function parsedLabels(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([^,=]+)=("(?:[^"\\]|\\.)*")/g)];
  return Object.fromEntries(pairs.map(([, name, value]) => [name!, JSON.parse(value!)]));
}
