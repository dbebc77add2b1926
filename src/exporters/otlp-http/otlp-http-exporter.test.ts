import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { noClientContext } from '#component/consumer.ts';
import { parseConfig, validateConfig } from '#config/schema.ts';
import { metricsJsonToProtobuf } from '#pdata/json/json-to-protobuf.ts';
import { decodeLogs } from '#pdata/protobuf/decode-logs.ts';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { decodeTraces } from '#pdata/protobuf/decode-traces.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { encodeLogs, encodeTraces } from '../../../test/support/otlp.ts';
import { gauge, number, request } from '../../../test/support/pdata.ts';
import { otlpHttpExporterConfig } from './config.ts';
import { OtlpHttpExporter } from './otlp-http-exporter.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Received {
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** A receiver that gives one answer after the other, and repeats the last. */
async function receiver(...answers: ((response: ServerResponse) => unknown)[]) {
  const requests: Received[] = [];
  const server = createServer(async (incoming, response) => {
    const body = gunzipSync(Buffer.concat(await incoming.toArray()));
    const answer = answers[Math.min(requests.length, answers.length - 1)];
    requests.push({ url: incoming.url, headers: incoming.headers, body });
    if (answer) answer(response);
    else response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

const host = { extension: () => undefined, fatal: () => undefined };

async function exporter(raw: object, signal: 'metrics' | 'traces' | 'logs' = 'metrics') {
  const parsed = parseConfig(otlpHttpExporterConfig, { sending_queue: { enabled: false }, ...raw });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const settings = testSettings('otlp_http');
  const made = new OtlpHttpExporter(signal, parsed.value, settings);
  await made.start(host);
  cleanups.push(() => made.shutdown(AbortSignal.abort()));
  const measured = (name: string) =>
    settings.measured(`otelcol_exporter_${name}_metric_points`, { exporter: 'otlp_http' });
  return { consume: (data: object) => made.consume(data as never, noClientContext), settings, measured };
}

const data = request({}, gauge('m', number(2n ** 63n - 1n)));
const fast = { initial_interval: '1ms', max_interval: '1ms', max_elapsed_time: '5s' };

test('sends metrics in protobuf, compressed, with exact 64-bit values', async () => {
  const { url, requests } = await receiver();
  const { consume, measured } = await exporter({ endpoint: `${url}/` });
  await consume(data);
  expect(requests[0]).toMatchObject({
    url: '/v1/metrics',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' },
  });
  expect(requests[0]!.headers['user-agent']).toMatch(/^OpenTelemetry Collector Contrib\/[\d.]+ \(linux\/\w+\)$/);
  expect(new MetricsDecoder().decode(requests[0]!.body)).toEqual(data);
  expect(measured('sent')).toBe(1);
});

test('sends metrics in JSON, to an endpoint of their own', async () => {
  const { url, requests } = await receiver();
  const { consume } = await exporter({
    endpoint: 'http://127.0.0.1:1',
    metrics_endpoint: `${url}/otlp`,
    encoding: 'json',
  });
  await consume(data);
  expect(requests[0]).toMatchObject({ url: '/otlp', headers: { 'content-type': 'application/json' } });
  expect(new MetricsDecoder().decode(metricsJsonToProtobuf(requests[0]!.body))).toEqual(data);
});

test('sends traces and logs', async () => {
  const { url, requests } = await receiver();
  const traces = decodeTraces(encodeTraces({ resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'span' }] }] }] }));
  const logs = decodeLogs(encodeLogs({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ severityText: 'INFO' }] }] }] }));
  await (await exporter({ endpoint: url }, 'traces')).consume(traces);
  await (await exporter({ endpoint: url }, 'logs')).consume(logs);
  expect(requests.map((one) => one.url)).toEqual(['/v1/traces', '/v1/logs']);
  expect(decodeTraces(requests[0]!.body)).toEqual(traces);
  expect(decodeLogs(requests[1]!.body)).toEqual(logs);
});

test.each([429, 502, 503, 504])('sends again after %i', async (status) => {
  const { url, requests } = await receiver(
    (response) => response.writeHead(status).end(),
    (response) => response.end(),
  );
  const { consume, measured, settings } = await exporter({ endpoint: url, retry_on_failure: fast });
  await consume(data);
  expect(requests).toHaveLength(2);
  expect(measured('sent')).toBe(1);
  expect(settings.logged.map((entry) => entry.replace(/ \{.*/, ''))).toEqual([
    'info Exporting failed. Will retry the request after interval.',
    'info Exporting works again',
  ]);
});

test.each([400, 401, 404, 413, 500, 501])('gives up after %i, with the text of the Collector', async (status) => {
  const { url, requests } = await receiver((response) => response.writeHead(status).end('text'));
  const { consume, measured } = await exporter({ endpoint: url, retry_on_failure: fast });
  await expect(consume(data)).rejects.toThrow(
    new RegExp(
      `^not retryable error: Permanent error: rpc error: code = \\w+ desc = error exporting items, request to ${url}/v1/metrics responded with HTTP Status Code ${status}$`,
    ),
  );
  expect(requests).toHaveLength(1);
  expect(measured('send_failed')).toBe(1);
});

test('a Status in the answer is part of the error', async () => {
  const status = Buffer.from([8, 3, 18, 3, ...Buffer.from('bad')]);
  const { url } = await receiver((response) => response.writeHead(400).end(status));
  const { consume } = await exporter({ endpoint: url });
  await expect(consume(data)).rejects.toThrow('HTTP Status Code 400, Message=bad, Details=[]');
});

test('obeys Retry-After as seconds and as a date', async () => {
  const busy = (after: string) => (response: ServerResponse) => response.writeHead(503, { 'Retry-After': after }).end();
  const { url } = await receiver(busy('70'));
  const limited = { ...fast, max_elapsed_time: '60s' };
  await expect((await exporter({ endpoint: url, retry_on_failure: limited })).consume(data)).rejects.toThrow(
    'no more retries left: Throttle (1m10s), error: rpc error: code = Unavailable',
  );
  const { settings, consume } = await exporter({
    endpoint: (await receiver(busy('Fri, 01 Jan 2100 00:00:00 GMT'))).url,
    retry_on_failure: limited,
  });
  settings.clock.unixMs = Date.UTC(2099, 11, 31, 23, 50);
  await expect(consume(data)).rejects.toThrow('Throttle (10m0s)');
});

test('an address that refuses connections is retried', async () => {
  const { consume } = await exporter({ endpoint: 'http://127.0.0.1:1', retry_on_failure: { enabled: false } });
  await expect(consume(data)).rejects.toThrow(
    'failed to make an HTTP request: Post "http://127.0.0.1:1/v1/metrics": dial tcp 127.0.0.1:1: connect: connection refused',
  );
});

test.each([
  ['application/x-protobuf', Buffer.from([10, 6, 8, 3, 18, 2, 104, 109])],
  ['application/json', '{"partialSuccess":{"rejectedDataPoints":"3","errorMessage":"hm"}}'],
])('logs a partial success in %s', async (type, body) => {
  const { url } = await receiver((response) => response.writeHead(200, { 'Content-Type': type }).end(body));
  const { consume, settings } = await exporter({ endpoint: url });
  await consume(data);
  expect(settings.logged).toEqual(['warn Partial success response {"message":"hm","dropped_data_points":3}']);
});

test('a queue accepts data while the receiver is down, and delivers it in time', async () => {
  const { url, requests } = await receiver(
    (response) => response.destroy(),
    (response) => response.end(),
  );
  const { consume, measured } = await exporter({
    endpoint: url,
    retry_on_failure: fast,
    sending_queue: { num_consumers: 2 },
  });
  for (let i = 0; i < 5; i++) await consume(data);
  await expect.poll(() => measured('sent')).toBe(5);
  expect(requests).toHaveLength(6);
});

test.each([
  [{}, 'at least one endpoint must be specified'],
  [
    { endpoint: 'http://x', compression: 'snappy', compression_params: { level: 3 } },
    'unsupported parameters {Level:3} for compression type "snappy"',
  ],
  [
    { endpoint: 'http://x', retry_on_failure: { max_elapsed_time: '1s' } },
    "'max_elapsed_time' must not be less than 'initial_interval'",
  ],
  [
    { endpoint: 'http://x', retry_on_failure: { multiplier: -1 } },
    'multiplier value must be greater than or equal to 0',
  ],
])('refuses %j', (raw, problem) => {
  const parsed = parseConfig(otlpHttpExporterConfig, raw);
  expect(parsed.ok && validateConfig(otlpHttpExporterConfig, parsed.value).map(({ message }) => message)).toEqual([
    problem,
  ]);
});

test('refuses to be created without an endpoint of its signal, or with one that is not a URL', async () => {
  await expect(exporter({ traces_endpoint: 'http://x' })).rejects.toThrow(
    'either endpoint or metrics_endpoint must be specified',
  );
  await expect(exporter({ endpoint: 'collector:4318' })).rejects.toThrow(
    'endpoint must be a valid URL: "collector:4318"',
  );
});
