import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect as connectTls } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { OTLPMetricExporter as GrpcExporter } from '@opentelemetry/exporter-metrics-otlp-grpc';
import { OTLPMetricExporter as ProtobufExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { MeterProvider, PeriodicExportingMetricReader, type PushMetricExporter } from '@opentelemetry/sdk-metrics';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask } from '../support/http.ts';
import { encodeMetrics } from '../support/otlp.ts';
import { configFile, freePorts, type RunningPitot, startPitot, untilListening } from '../support/pitot.ts';
import { runPitot } from '../support/run-command.ts';

/*
 * Wrong setups of clients: the log names each, `doctor` names it, and the remedy works when it is applied. A client sends again with what
 * the remedy says, such as the port that is extracted from it, and the metric appears in the output.
 */

let pitot: RunningPitot;
let [http, grpc, metrics, own, health, console] = [0, 0, 0, 0, 0, 0];

beforeAll(async () => {
  [http, grpc, metrics, own, health, console] = (await freePorts(6)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const at = (port: number) => ({ endpoint: `127.0.0.1:${port}` });
  pitot = startPitot([
    `--config=${configFile({
      receivers: { otlp: { protocols: { http: at(http), grpc: at(grpc) } } },
      exporters: { prometheus: at(metrics) },
      extensions: { console: at(console), health_check: at(health) },
      service: {
        extensions: ['console', 'health_check'],
        telemetry: { metrics: { readers: [{ pull: { exporter: { prometheus: { host: '127.0.0.1', port: own } } } }] } },
        pipelines: { metrics: { receivers: ['otlp'], exporters: ['prometheus'] } },
      },
    })}`,
  ]);
  await untilListening(pitot, [http, grpc, metrics, own, health, console]);
});
afterAll(() => pitot?.stop());

/** Sends a counter with the OpenTelemetry SDK, which fails silently. */
async function sdk(exporter: PushMetricExporter, name: string): Promise<void> {
  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: 3_600_000,
    exportTimeoutMillis: 2_000,
  });
  const provider = new MeterProvider({ readers: [reader] });
  provider.getMeter('test').createCounter(name).add(1);
  await provider.forceFlush().catch(() => undefined);
  await provider.shutdown().catch(() => undefined);
}
const overHttp = (port: number, name = 'x', scheme = 'http') =>
  sdk(new ProtobufExporter({ url: `${scheme}://127.0.0.1:${port}/v1/metrics`, timeoutMillis: 1_000 }), name);
const overGrpc = (port: number, name = 'x', scheme = 'http') =>
  sdk(new GrpcExporter({ url: `${scheme}://127.0.0.1:${port}`, timeoutMillis: 1_000 }), name);

const counter = (name: string) => ({
  name,
  sum: { aggregationTemporality: 2, isMonotonic: true, dataPoints: [{ asInt: 1 }] },
});
const protobufOf = (name: string) =>
  encodeMetrics({ resourceMetrics: [{ scopeMetrics: [{ metrics: [counter(name)] }] }] });
const jsonOf = (name: string) =>
  Buffer.from(JSON.stringify({ resourceMetrics: [{ scopeMetrics: [{ metrics: [counter(name)] }] }] }));
const post = (port: number, headers: Record<string, string>, body: Buffer, path = '/v1/metrics') =>
  ask(port, { method: 'POST', path, headers: { 'content-type': 'application/json', ...headers }, body });

/** Posts over HTTP/2 without TLS and without an upgrade. */
async function overHttp2(port: number): Promise<void> {
  const session = connectHttp2(`http://127.0.0.1:${port}`).on('error', () => undefined);
  session
    .request({ ':method': 'POST', ':path': '/v1/metrics' })
    .on('error', () => undefined)
    .end('{}');
  await once(session, 'close');
}

interface Setup {
  readonly send: () => Promise<unknown>;
  /** The log, with the part of the remedy that is applied in a group. */
  readonly log: RegExp;
  /** Arguments of `doctor`, and its last step. */
  readonly doctor: () => readonly [args: string[], text: RegExp, remedy: RegExp];
  /** Sends a metric with this name, as the remedy says. */
  readonly corrected: (remedy: string, name: string) => Promise<unknown>;
}
const to = (port: number, scheme = 'http') => ['--to', `${scheme}://127.0.0.1:${port}`];
const toPort = (remedy: string, name: string) => overHttp(Number(remedy), name);
const outputs = () => [`--metrics=http://127.0.0.1:${metrics}/metrics`, `--console=http://127.0.0.1:${console}`];
/** The doctor follows the path of a good request: it finds what clients do wrong in the records of pitot. */
const viaClients = (text: RegExp, remedy: RegExp) => () => [to(http), text, remedy] as const;

const setups: Record<string, Setup> = {
  'JSON with the fields of an old protocol': {
    send: () =>
      post(http, {}, Buffer.from(String(jsonOf('x')).replace('scopeMetrics', 'instrumentationLibraryMetrics'))),
    log: /JSON without data points: .* resourceMetrics, (scopeMetrics), .*"field": "instrumentationLibraryMetrics"/,
    doctor: viaClients(/fields are not those of OTLP.*"instrumentationLibraryMetrics"/, /scopeMetrics/),
    corrected: (field, name) => post(http, {}, Buffer.from(String(jsonOf(name)).replace('scopeMetrics', field))),
  },
  'OTLP to the port of the exporter': {
    send: () => overHttp(metrics),
    log: /OTLP is sent to port \d+, which is read by Prometheus\. Send to port (\d+)/,
    doctor: () => [to(metrics), /the one that Prometheus reads/, /^Use port \d+/],
    corrected: toPort,
  },
  "OTLP to the port of pitot's own metrics": {
    send: () => overHttp(own),
    log: /OTLP is sent to port \d+, which is read by Prometheus\. Send to port (\d+)/,
    doctor: () => [to(own), /the one that Prometheus reads/, /^Use port \d+/],
    corrected: toPort,
  },
  'OTLP to the port of the health check': {
    send: () => overHttp(health),
    log: /OTLP is sent to port \d+, which is the health check\. Nothing is stored\. Send to port (\d+)/,
    doctor: () => [to(health), /is the health check, which accepts everything/, /^Use port \d+/],
    corrected: toPort,
  },
  'OTLP to the port of the console': {
    send: () => overHttp(console),
    log: /OTLP is sent to port \d+, which is the console\. Nothing is stored\. Send to port (\d+)/,
    doctor: () => [to(console), /is the console/, /^Use port \d+/],
    corrected: toPort,
  },
  'gRPC to the port of the health check': {
    // A channel of the SDK would connect again while others are tested.
    send: () => overHttp2(health),
    log: /gRPC is sent to port \d+\. Send gRPC to port (\d+)/,
    doctor: () => [['--grpc', ...to(health)], /speaks HTTP, and the client sends gRPC/, /^Use port \d+/],
    corrected: (port, name) => overGrpc(Number(port), name),
  },
  'HTTPS to the HTTP port without TLS': {
    send: () => overHttp(http, 'x', 'https'),
    log: /TLS is sent to port \d+, which has no TLS\. Write (http):\/\//,
    doctor: () => [to(http, 'https'), /has no TLS/, /^Write http:\/\//],
    corrected: (scheme, name) => overHttp(http, name, scheme),
  },
  'HTTPS to the gRPC port without TLS': {
    send: () =>
      once(
        connectTls({ port: grpc, host: '127.0.0.1', ALPNProtocols: ['h2'] }).on('error', () => {}),
        'close',
      ),
    log: /TLS is sent to port \d+, which has no TLS\. Write (http):\/\//,
    doctor: () => [['--grpc', ...to(grpc, 'https')], /has no TLS/, /^Write http:\/\//],
    corrected: (scheme, name) => overGrpc(grpc, name, scheme),
  },
  'OTLP over HTTP/2 without TLS': {
    send: () => overHttp2(http),
    log: /gRPC is sent to the HTTP port \d+\..*OTLP over HTTP must use (HTTP\/1\.1)/,
    doctor: viaClients(/gRPC is sent to the HTTP port/, /must use HTTP\/1\.1/),
    corrected: (_, name) => post(http, {}, jsonOf(name)),
  },
  'gRPC-Web': {
    send: () =>
      post(
        http,
        { 'content-type': 'application/grpc-web+proto' },
        Buffer.alloc(5),
        '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
      ),
    log: /gRPC-Web or gRPC over HTTP\/1\.1 is sent.*OTEL_EXPORTER_OTLP_PROTOCOL=(http\/protobuf)/,
    doctor: viaClients(/gRPC-Web/, /http\/protobuf/),
    corrected: (_, name) => overHttp(http, name),
  },
  'Remote Write to the path of OTLP': {
    send: () =>
      post(
        http,
        { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy', 'user-agent': 'Prometheus/3.8.0' },
        Buffer.from('x'),
      ),
    log: /Remote write is sent to \/v1\/metrics\. pitot does not receive Remote Write\. (Remove this remote_write entry)/,
    doctor: viaClients(/Remote write is sent/, /Prometheus scrapes pitot/),
    corrected: (_, name) => overHttp(http, name),
  },
  'a scrape of the OTLP port': {
    send: () => ask(http, { path: '/metrics', headers: { 'user-agent': 'Prometheus/3.8.0' } }),
    log: /The OTLP port \d+ is scraped\. Scrape port (\d+)/,
    doctor: viaClients(/is scraped/, /Scrape port/),
    corrected: async (port, name) => {
      await overHttp(http, name);
      expect(String((await ask(Number(port), { path: '/metrics' })).body)).toContain(name.replace('.', '_'));
    },
  },
  'a header for gzip without gzip': {
    send: () => post(http, { 'content-encoding': 'gzip', 'user-agent': 'a' }, jsonOf('x')),
    log: /The body is not gzip\. Let the client compress it, or (leave) Content-Encoding out/,
    doctor: viaClients(/cannot be decompressed/, /The body is not gzip/),
    corrected: (_, name) => post(http, {}, jsonOf(name)),
  },
  'gzip without its header': {
    send: () => post(http, { 'content-type': 'application/x-protobuf' }, gzipSync(protobufOf('x'))),
    log: /The body is gzip\. Let the client send Content-Encoding: (gzip)/,
    doctor: viaClients(/not a valid OTLP message/, /The body is gzip/),
    corrected: (encoding, name) =>
      post(
        http,
        { 'content-type': 'application/x-protobuf', 'content-encoding': encoding },
        gzipSync(protobufOf(name)),
      ),
  },
  'JSON with the media type of protobuf': {
    send: () => post(http, { 'content-type': 'application/x-protobuf' }, jsonOf('x')),
    log: /The body is JSON\. Let the client send Content-Type: (application\/json)/,
    doctor: viaClients(/not a valid OTLP message/, /The body is JSON/),
    corrected: (type, name) => post(http, { 'content-type': type }, jsonOf(name)),
  },
  'a push to the Pushgateway': {
    send: () => post(http, { 'content-type': 'text/plain' }, Buffer.from('a 1\n'), '/metrics/job/a'),
    log: /A client of the Pushgateway sends to the path \/metrics\/job\/a\. pitot receives (OTLP) only/,
    doctor: viaClients(/A client of the Pushgateway/, /OTLP only/),
    corrected: (_, name) => overHttp(http, name),
  },
};

const entries = Object.entries(setups);
/** What the log says to do, by setup. */
const remedies = new Map<string, string>();

test.each(entries)('%s is named in the log and by doctor', async (name, { send, log, doctor }) => {
  const before = pitot.output().length;
  await send().catch(() => undefined);
  const logged = () => pitot.output().subarray(before).toString();
  await expect.poll(logged, { timeout: 30_000 }).toMatch(log);
  remedies.set(name, log.exec(logged())![1]!);
  const [args, text, remedy] = doctor();
  const checked = await runPitot(['doctor', '--json', '--timeout=30s', ...args, ...outputs()]);
  const { steps } = JSON.parse(checked.stdout) as { steps: object[] };
  expect(steps.at(-1)).toEqual({
    name: expect.any(String),
    result: 'no',
    text: expect.stringMatching(text),
    remedy: expect.stringMatching(remedy),
  });
  expect(checked.exitCode).toBe(1);
});

test.each(entries)('the remedy for %s works', async (name, { corrected }) => {
  const metric = `fixed.${name.replaceAll(/\W/g, '_')}`;
  await corrected(remedies.get(name)!, metric);
  const page = String((await ask(metrics, { path: '/metrics' })).body);
  expect(page).toMatch(new RegExp(`^${metric.replace('.', '_')}_total\\{.*\\} 1$`, 'm'));
});

test('a rejected client next to others that work is named, too', async () => {
  await post(http, { 'content-type': 'text/plain' }, Buffer.from('[]'), '/api/v2/spans');
  const { stdout } = await runPitot(['doctor', '--timeout=30s', ...to(http), ...outputs()]);
  expect(stdout).toMatch(/✓ Clients +\d+ processes/);
  expect(stdout).toMatch(/– Rejected +127\.0\.0\.1: A client of Zipkin sends/);
});
