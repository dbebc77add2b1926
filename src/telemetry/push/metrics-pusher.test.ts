import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { Server as GrpcServer, ServerCredentials } from '@grpc/grpc-js';
import { afterEach, expect, test } from 'vitest';
import type { Metrics } from '#pdata/metrics.ts';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { MetricsRegistry } from '../own-metrics.ts';
import { MetricsPusher } from './metrics-pusher.ts';
import type { OtlpDestination } from './otlp-client.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const never = new AbortController().signal;
const plain = {
  protocol: 'http/protobuf',
  headers: [],
  compression: '',
  certificate: '',
  clientCertificate: '',
  clientKey: '',
  insecure: false,
};

/** Returns a pusher that only pushes when it is closed, its metrics, and its log. */
function pusher(destination: Partial<OtlpDestination>, { timeoutMs = 5000 } = {}) {
  const settings = testSettings();
  const metrics = new MetricsRegistry();
  const options = {
    destination: { ...plain, endpoint: '', ...destination },
    intervalMs: 3_600_000,
    timeoutMs,
    registry: metrics.registry,
    resource: { 'service.name': 'otelcol-contrib' },
    version: '1.2.3',
    level: 'normal',
    clock: settings.clock,
    logger: settings.logger,
  } as const;
  return { pusher: new MetricsPusher(options), metrics, settings };
}

interface Posted {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

async function listen(answer = 200): Promise<{ endpoint: string; posted: Posted[] }> {
  const posted: Posted[] = [];
  const server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    posted.push({ url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) });
    response.writeHead(answer).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  return { endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, posted };
}

function shown({ resourceMetrics: [only] }: Metrics, name: string) {
  const [{ scope, metrics }] = only!.scopeMetrics as [(typeof only & object)['scopeMetrics'][number]];
  expect(scope).toMatchObject({ name: 'pitot', version: '1.2.3' });
  return metrics.find(({ descriptor }) => descriptor.name === name);
}

test('counters, gauges and histograms arrive with their totals', async () => {
  const { endpoint, posted } = await listen();
  const { pusher: pushing, metrics, settings } = pusher({ endpoint, headers: [{ name: 'X-Tenant', value: 'a' }] });
  metrics.counter('otelcol_c', 'counts', { exporter: 'debug' }).add(3);
  metrics.gauge('otelcol_g', 'measures', {}, () => 1.5);
  const histogram = metrics.histogram('otelcol_h', 'spreads', [1, 10], { processor: 'batch' });
  for (const value of [0.5, 5, 5, 50]) histogram.record(value);
  settings.clock.advance(2000);
  await pushing.close(never);
  expect(posted.map(({ url }) => url)).toEqual(['/v1/metrics']);
  expect(posted[0]!.headers).toMatchObject({ 'content-type': 'application/x-protobuf', 'x-tenant': 'a' });
  const request = new MetricsDecoder().decode(posted[0]!.body);
  expect(request.resourceMetrics[0]!.resource.attributes.entries).toEqual([
    { key: 'service.name', value: 'otelcol-contrib' },
  ]);
  expect(shown(request, 'otelcol_c')).toMatchObject({
    type: 'Sum',
    isMonotonic: true,
    aggregationTemporality: 2,
    dataPoints: [{ value: 3, startTimeUnixNano: 1_700_000_000_000_000_000n, timeUnixNano: 1_700_000_002_000_000_000n }],
  });
  expect(shown(request, 'otelcol_g')).toMatchObject({ type: 'Gauge', dataPoints: [{ value: 1.5 }] });
  expect(shown(request, 'otelcol_h')).toMatchObject({
    type: 'Histogram',
    dataPoints: [{ count: 4, sum: 60.5, explicitBounds: [1, 10], bucketCounts: [1, 2, 1] }],
  });
});

test('gzip, and a separate path', async () => {
  const { endpoint, posted } = await listen();
  await pusher({ endpoint: `${endpoint}/otlp/x`, compression: 'gzip' }).pusher.close(never);
  expect(posted[0]!.url).toBe('/otlp/x');
  expect(posted[0]!.headers['content-encoding']).toBe('gzip');
  expect(new MetricsDecoder().decode(gunzipSync(posted[0]!.body)).dataPointCount).toBeGreaterThan(10);
});

test('reports a push that is refused or reaches nobody, and ends', async () => {
  const { endpoint } = await listen(503);
  const refused = pusher({ endpoint });
  await refused.pusher.close(never);
  expect(refused.settings.logged).toEqual([expect.stringMatching(/^error failed to upload metrics/)]);
  const nobody = pusher({ endpoint: 'http://127.0.0.1:1' });
  await nobody.pusher.close(never);
  expect(nobody.settings.logged).toHaveLength(1);
});

test('the end does not wait for a destination that does not answer', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  closing.push(() => {
    silent.closeAllConnections();
    silent.close();
  });
  const { port } = silent.address() as AddressInfo;
  const { pusher: pushing } = pusher({ endpoint: `http://127.0.0.1:${port}` }, { timeoutMs: 3_600_000 });
  await expect(pushing.close(AbortSignal.abort())).resolves.toBeUndefined();
});

test('over gRPC', async () => {
  const server = new GrpcServer();
  const received = new Promise<{ body: Buffer; tenant: unknown }>((resolve) => {
    const service = {
      Export: {
        path: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
        requestStream: false,
        responseStream: false,
        requestDeserialize: (bytes: Buffer) => bytes,
        requestSerialize: (bytes: Buffer) => bytes,
        responseDeserialize: (bytes: Buffer) => bytes,
        responseSerialize: (bytes: Buffer) => bytes,
      },
    };
    server.addService(service, {
      Export: (
        call: { request: Buffer; metadata: { get(name: string): unknown[] } },
        done: (e: null, b: Buffer) => void,
      ) => {
        resolve({ body: call.request, tenant: call.metadata.get('x-tenant')[0] });
        done(null, Buffer.alloc(0));
      },
    } as never);
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    );
  });
  closing.push(() => server.forceShutdown());
  const headers = [{ name: 'x-tenant', value: 'b' }];
  const { pusher: pushing, metrics } = pusher({ protocol: 'grpc', endpoint: `http://127.0.0.1:${port}`, headers });
  metrics.counter('otelcol_c', 'counts').add(1);
  await pushing.close(never);
  const { body, tenant } = await received;
  expect(tenant).toBe('b');
  expect(shown(new MetricsDecoder().decode(body), 'otelcol_c')).toBeDefined();
});

test("refuses an invalid destination with the Collector's message", () => {
  const f = (destination: Partial<OtlpDestination>, message: string) =>
    expect(() => pusher(destination)).toThrow(message);
  f({ protocol: 'http/json' }, 'unsupported protocol "http/json"');
  f({ compression: 'zip' }, 'unsupported compression "zip"');
  f({ endpoint: 'https://127.0.0.1:1', certificate: '/nonexistent/ca.pem' }, 'ENOENT');
});
