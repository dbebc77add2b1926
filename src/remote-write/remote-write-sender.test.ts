import { afterEach, beforeEach, expect, it } from 'vitest';
import { noClientContext } from '#component/consumer.ts';
import { PermanentError, RetryableError } from '#component/errors.ts';
import { parseConfig } from '#config/schema.ts';
import { drained } from '#flow/slices.ts';
import { httpClientConfig } from '#http-client/config.ts';
import { encodeRequests, type ProtocolVersion } from '#prometheus/remote-write/encode-requests.ts';
import type { WriteSeries } from '#prometheus/remote-write/write-series.ts';
import { testSettings } from '../../test/support/component-settings.ts';
import { startWriteReceiver, stored, type WriteReceiver } from '../../test/support/remote-write-receiver.ts';
import { type ConnectedSender, connectSender } from './connect-sender.ts';
import { ContentRejectedError } from './remote-write-sender.ts';

let receiver: WriteReceiver;
const settings = testSettings('prometheus_remote_write');
let connected: ConnectedSender | undefined;

beforeEach(async () => {
  receiver = await startWriteReceiver();
  settings.logged.length = 0;
});
afterEach(async () => {
  await connected?.close();
  await receiver.close();
});

async function send(version: ProtocolVersion, times = 1, sent: readonly WriteSeries[] = [series]): Promise<void> {
  const parsed = parseConfig(httpClientConfig, {
    endpoint: `${receiver.url}/write`,
    headers: { 'X-Scope-OrgID': 'a' },
  });
  if (!parsed.ok) throw new Error('invalid configuration');
  connected = connectSender(
    { client: parsed.value, version, userAgent: 'test/1', metadataKeys: ['X-Tenant'] },
    settings,
  );
  await connected.start({ extension: () => undefined, fatal: () => undefined });
  const client = { ...noClientContext, metadata: new Map([['x-tenant', ['t1', 't2']]]) };
  for (let i = 0; i < times; i++) {
    const requests = drained(encodeRequests(sent, [], { version: connected.sender.version, maxBytes: 1e6 }));
    for (const request of requests) await connected.sender.send(request, { client, signal: never });
  }
}

const never = new AbortController().signal;
const sample = { value: 1.5, timestampMs: 1_700_000_000_000, startMs: 1_600_000_000_000 };
const series = {
  labels: { names: ['__name__', 'a'], values: ['m_total', 'b'] },
  samples: [sample],
  histograms: [],
  exemplars: [{ labels: { names: ['trace_id'], values: ['t'] }, value: 2, timestampMs: 1_700_000_000_000 }],
  metadata: { type: 1, help: 'help', unit: 'seconds' },
};

const version1 = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
  'user-agent': 'test/1',
  'x-scope-orgid': 'a',
  'x-tenant': 't1, t2',
};
const version2 = {
  ...version1,
  'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
  'x-prometheus-remote-write-version': '2.0.0',
};

it.each([
  ['1.0', version1],
  ['2.0', version2],
] as const)('sends the headers of version %s', async (version, headers) => {
  await send(version);
  expect(receiver.requests).toHaveLength(1);
  expect(receiver.requests[0]!.headers).toMatchObject(headers);
  expect(receiver.requests[0]!.path).toBe('/write');
});

it.each([500, 503, 429])('asks for a retry on status %i, after the delay of Retry-After', async (status) => {
  receiver.answer = (_, response) => void response.writeHead(status, { 'Retry-After': '7' }).end('busy\n');
  const failure = await send('1.0').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RetryableError);
  expect(failure).toMatchObject({
    message: `remote write request failed (http status ${status}): busy`,
    retryAfterSeconds: 7,
  });
});

it('accepts a date in Retry-After', async () => {
  const later = new Date(settings.clock.now() + 60_000).toUTCString();
  receiver.answer = (_, response) => void response.writeHead(503, { 'Retry-After': later }).end();
  await expect(send('1.0')).rejects.toMatchObject({ retryAfterSeconds: expect.closeTo(60, -1) });
});

it.each([400, 409, 413, 422])('counts what status %i rejects', async (status) => {
  receiver.answer = (_, response) => void response.writeHead(status).end('out of order');
  const before = settings.measured('pitot_remote_write_rejected_total', rejected('sample')) ?? 0;
  await expect(send('1.0')).rejects.toBeInstanceOf(ContentRejectedError);
  expect(settings.measured('pitot_remote_write_rejected_total', rejected('sample'))).toBe(before + 1);
});

it.each([401, 403, 404])('does not retry status %i, which rejects every request', async (status) => {
  receiver.answer = (_, response) => void response.writeHead(status).end();
  const failure = await send('1.0').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(PermanentError);
  expect(failure).not.toBeInstanceOf(ContentRejectedError);
});

it('asks for a retry if nothing answers', async () => {
  await receiver.close();
  await expect(send('1.0')).rejects.toBeInstanceOf(RetryableError);
});

it.each([
  ['confirms nothing', 204],
  ['answers 415', 415],
])('falls back to version 1.0 for good if the receiver %s', async (_, status) => {
  receiver.answer = (request, response) => {
    if (request.headers['x-prometheus-remote-write-version'] === '2.0.0') response.writeHead(status).end();
    else stored(request, response);
  };
  await send('2.0', 3);
  expect(receiver.requests.map(({ headers }) => headers['x-prometheus-remote-write-version'])).toEqual([
    '2.0.0',
    ...['0.1.0', '0.1.0', '0.1.0'],
  ]);
  const [first, second] = receiver.requests;
  expect(second!.series[0]).toMatchObject({
    labels: first!.series[0]!.labels,
    samples: ['1.5@1700000000000'],
    exemplars: first!.series[0]!.exemplars,
  });
  expect(settings.logged).toHaveLength(1);
  expect(settings.logged[0]).toMatch(/^warn Receiver .*; sending 1\.0/);
});

const spans = { spans: [{ offset: 0, length: 1 }], deltas: [2] };
const histogram = {
  isStale: false,
  ...{ count: 2, sum: 3, schema: 3, zeroThreshold: 0, zeroCount: 0, positive: spans },
  ...{ negative: { spans: [], deltas: [] }, timestampMs: 1_700_000_000_000, startMs: 0 },
};

it.each([
  ['1.0', 500],
  ['1.0', 400],
  ['2.0', 500],
] as const)(
  'leaves out native histograms that a receiver of version %s refuses with status %i',
  async (version, status) => {
    receiver.answer = (request, response) => {
      const hasNative = request.series.some(({ histograms }) => histograms.length > 0);
      if (hasNative) response.writeHead(status).end('native histograms are disabled\n');
      else stored(request, response);
    };
    const before = settings.measured('pitot_remote_write_rejected_total', rejected('histogram')) ?? 0;
    const native = { ...series, samples: [], exemplars: [], histograms: [histogram] };
    await send(version, 2, [series, native]);
    expect(receiver.requests.map(({ series: received }) => received.length)).toEqual([2, 1, 1]);
    expect(receiver.requests[1]!.series[0]).toEqual(receiver.requests[0]!.series[0]);
    expect(receiver.requests[1]!.headers).toEqual({
      ...receiver.requests[0]!.headers,
      'content-length': receiver.requests[1]!.headers['content-length'],
    });
    expect(connected!.sender.acceptsNative).toBe(false);
    expect(settings.measured('pitot_remote_write_rejected_total', rejected('histogram'))).toBe(before + 2);
    expect(settings.logged).toHaveLength(1);
    expect(settings.logged[0]).toMatch(/^warn Receiver has native histograms disabled/);
    await send(version, 1, [native]);
    // Nothing is left to send after the first attempt of a new sender.
    expect(receiver.requests).toHaveLength(4);
  },
);

it('counts what a receiver of version 2.0 has not written', async () => {
  const before = settings.measured('pitot_remote_write_rejected_total', rejected('exemplar')) ?? 0;
  receiver.answer = (_, response) =>
    void response.writeHead(400, { 'X-Prometheus-Remote-Write-Samples-Written': '1' }).end('bad exemplar');
  await expect(send('2.0')).rejects.toBeInstanceOf(ContentRejectedError);
  expect(settings.measured('pitot_remote_write_rejected_total', rejected('exemplar'))).toBe(before + 1);
  const written = { exporter: 'prometheus_remote_write', endpoint: `${receiver.url}/write` };
  expect(settings.measured('otelcol_exporter_prometheusremotewrite_written_samples', written)).toBe(1);
});

it('refuses an endpoint that is not a URL', () => {
  const parsed = parseConfig(httpClientConfig, { endpoint: 'no url' });
  const client = parsed.ok ? parsed.value : (undefined as never);
  expect(() => connectSender({ client, version: '1.0', userAgent: '', metadataKeys: [] }, settings)).toThrow(
    'invalid endpoint',
  );
});

function rejected(type: string) {
  return { exporter: 'prometheus_remote_write', type };
}
