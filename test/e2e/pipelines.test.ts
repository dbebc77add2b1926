import { afterEach, expect, test } from 'vitest';
import { grpcCall, grpcFrame } from '../support/grpc.ts';
import { ask, postMetrics } from '../support/http.ts';
import { encodeLogs, encodeMetrics, encodeTraces } from '../support/otlp.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening, untilLogged } from '../support/pitot.ts';

let pitot: RunningPitot | undefined;
afterEach(() => pitot?.stop());

function gauge(name: string): Buffer {
  const data = { dataPoints: [{ asInt: 1, timeUnixNano: 1_700_000_000_000_000_000n }] };
  return encodeMetrics({ resourceMetrics: [{ scopeMetrics: [{ metrics: [{ name, gauge: data }] }] }] });
}
const spans = encodeTraces({ resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'work' }] }] }] });
const records = encodeLogs({ resourceLogs: [{ scopeLogs: [{ logRecords: [{}] }] }] });

const services = { metrics: 'metrics.v1.MetricsService', traces: 'trace.v1.TraceService', logs: 'logs.v1.LogsService' };

/** Returns the result of a call of a signal's service. */
async function exportOverGrpc(
  port: number,
  signal: keyof typeof services,
  body: Buffer,
  headers: Record<string, string> = {},
) {
  const path = `/opentelemetry.proto.collector.${services[signal]}/Export`;
  const { code, words } = await grpcCall(port, { path, body: grpcFrame(body), headers });
  return { code, words };
}

/** Starts a configuration with free ports and waits until they accept connections. */
async function start(count: number, configuration: (ports: readonly number[]) => object): Promise<number[]> {
  const ports = await freePorts(count);
  const { service, ...rest } = configuration(ports) as { service: object };
  const telemetry = { metrics: { level: 'none' } };
  pitot = startPitot([`--config=${configFile({ ...rest, service: { telemetry, ...service } })}`]);
  await untilListening(pitot, ports);
  await untilLogged(pitot, 'Everything is ready');
  return ports;
}
const at = (port: number | undefined) => ({ endpoint: `127.0.0.1:${port}` });
const page = async (port: number) => String((await ask(port, { path: '/metrics' })).body);

test('connects several receivers to one pipeline and one receiver to several, and shares exporters', async () => {
  const [a, b, first, second] = (await start(4, ([httpA, httpB, pageA, pageB]) => ({
    receivers: { 'otlp/a': { protocols: { http: at(httpA) } }, 'otlp/b': { protocols: { http: at(httpB) } } },
    processors: { attributes: { actions: [{ key: 'way', value: 'second', action: 'upsert' }] } },
    exporters: { 'prometheus/1': at(pageA), 'prometheus/2': at(pageB) },
    service: {
      pipelines: {
        metrics: { receivers: ['otlp/a', 'otlp/b'], exporters: ['prometheus/1'] },
        'metrics/2': { receivers: ['otlp/a'], processors: ['attributes'], exporters: ['prometheus/1', 'prometheus/2'] },
      },
    },
  }))) as [number, number, number, number];
  expect((await postMetrics(a, gauge('from.a'))).status).toBe(200);
  expect((await postMetrics(b, gauge('from.b'))).status).toBe(200);
  const lines = async (port: number) =>
    (await page(port))
      .split('\n')
      .filter((line) => line.startsWith('from_'))
      .map((line) => line.replace(/otel_scope_\w+="",?/g, ''));
  // The pipelines share the exporter, but not the data, so a change in one pipeline does not affect the other.
  expect(await lines(first)).toEqual(['from_a{} 1', 'from_a{way="second"} 1', 'from_b{} 1']);
  expect(await lines(second)).toEqual(['from_a{way="second"} 1']);
});

test('refuses every signal over both transports with a retryable error when memory is full', async () => {
  const [http, grpc] = (await start(2, ([httpPort, grpcPort]) => {
    const pipeline = { receivers: ['otlp'], processors: ['memory_limiter'], exporters: ['debug'] };
    return {
      receivers: { otlp: { protocols: { http: at(httpPort), grpc: at(grpcPort) } } },
      // Less memory than any process uses, so the first check finds it full.
      processors: { memory_limiter: { check_interval: '10ms', limit_mib: 1 } },
      exporters: { debug: {} },
      service: { pipelines: { metrics: pipeline, traces: pipeline, logs: pipeline } },
    };
  })) as [number, number];
  await untilLogged(pitot!, 'Refusing data');
  const refusal = 'data refused due to high memory usage';
  for (const [signal, body] of [
    ['metrics', gauge('a')],
    ['traces', spans],
    ['logs', records],
  ] as const) {
    const json = { 'content-type': 'application/json' };
    const answer = await ask(http, { method: 'POST', path: `/v1/${signal}`, headers: json, body: Buffer.from('{}') });
    // A request without data needs no memory.
    expect(answer.status).toBe(200);
    const headers = { 'content-type': 'application/x-protobuf' };
    const refused = await ask(http, { method: 'POST', path: `/v1/${signal}`, headers, body });
    expect([signal, refused.status]).toEqual([signal, 503]);
    expect(String(refused.body)).toContain(refusal);
    expect(refused.headers['retry-after']).toBe('5');
    expect(await exportOverGrpc(grpc, signal, body)).toEqual({ code: 14, words: refusal });
  }
});

test('answers a permanent error with 500 and INTERNAL, without an effect on other requests', async () => {
  const [http, grpc, out] = (await start(3, ([httpPort, grpcPort, pagePort]) => ({
    receivers: {
      otlp: {
        protocols: {
          http: { ...at(httpPort), include_metadata: true },
          grpc: { ...at(grpcPort), include_metadata: true },
        },
      },
    },
    processors: { batch: { timeout: '10ms', metadata_keys: ['x-tenant'], metadata_cardinality_limit: 1 } },
    exporters: { prometheus: at(pagePort) },
    service: { pipelines: { metrics: { receivers: ['otlp'], processors: ['batch'], exporters: ['prometheus'] } } },
  }))) as [number, number, number];
  const tenant = (name: string) => ({ 'x-tenant': name });
  expect((await postMetrics(http, gauge('first'), tenant('a'))).status).toBe(200);
  const refused = await postMetrics(http, gauge('second'), tenant('b'));
  expect([refused.status, String(refused.body)]).toEqual([500, expect.stringContaining('too many batcher')]);
  expect(await exportOverGrpc(grpc, 'metrics', gauge('second'), tenant('c'))).toMatchObject({ code: 13 });
  expect(await exportOverGrpc(grpc, 'metrics', gauge('third'), tenant('a'))).toMatchObject({ code: 0 });
  await expect.poll(() => page(out), { timeout: 10_000 }).toContain('third');
  expect(await page(out)).toContain('first');
  expect(await page(out)).not.toContain('second');
});

test('does not serve a signal without a pipeline', async () => {
  const [http, grpc] = (await start(2, ([httpPort, grpcPort]) => ({
    receivers: { otlp: { protocols: { http: at(httpPort), grpc: at(grpcPort) } } },
    exporters: { debug: {} },
    service: { pipelines: { metrics: { receivers: ['otlp'], exporters: ['debug'] } } },
  }))) as [number, number];
  const headers = { 'content-type': 'application/x-protobuf' };
  expect((await ask(http, { method: 'POST', path: '/v1/traces', headers, body: spans })).status).toBe(404);
  expect(await exportOverGrpc(grpc, 'traces', spans)).toEqual({
    code: 12,
    words: 'unknown service opentelemetry.proto.collector.trace.v1.TraceService',
  });
  expect(await exportOverGrpc(grpc, 'metrics', Buffer.from([0x0a, 0xff]))).toMatchObject({ code: 13 });
  expect(await exportOverGrpc(grpc, 'metrics', Buffer.alloc(5 * 1024 * 1024))).toMatchObject({ code: 8 });
});
