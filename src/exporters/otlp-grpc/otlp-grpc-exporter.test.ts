import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Metadata, Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js';
import { afterEach, expect, test } from 'vitest';
import type { Component } from '#component/component.ts';
import { noClientContext } from '#component/consumer.ts';
import type { OutgoingRequest } from '#component/extension.ts';
import { parseConfig, validateConfig } from '#config/schema.ts';
import { decodeLogs } from '#pdata/protobuf/decode-logs.ts';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { decodeTraces } from '#pdata/protobuf/decode-traces.ts';
import { makeCertificate } from '../../../test/support/certificates.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { encodeLogs, encodeTraces } from '../../../test/support/otlp.ts';
import { gauge, number, request } from '../../../test/support/pdata.ts';
import { otlpGrpcExporterConfig } from './config.ts';
import { OtlpGrpcExporter } from './otlp-grpc-exporter.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Received {
  readonly method: string;
  readonly metadata: Record<string, unknown>;
  readonly body: Buffer;
}

type Answer = { readonly code: number; readonly details: string; readonly statusDetails?: Buffer } | Buffer | 'never';

const services = {
  metrics: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
  traces: 'opentelemetry.proto.collector.trace.v1.TraceService',
  logs: 'opentelemetry.proto.collector.logs.v1.LogsService',
};

/** A receiver that gives one answer after the other, and repeats the last. */
async function receiver(answers: readonly Answer[] = [], credentials = ServerCredentials.createInsecure()) {
  const requests: Received[] = [];
  const server = new Server();
  for (const service of Object.values(services)) {
    const path = `/${service}/Export`;
    const bytes = (value: Buffer) => value;
    const definition = {
      ...{ path, requestStream: false, responseStream: false },
      ...{ requestSerialize: bytes, requestDeserialize: bytes, responseSerialize: bytes, responseDeserialize: bytes },
    };
    server.addService(
      { Export: definition },
      {
        Export: ({ request: body, metadata }: ServerUnaryCall<Buffer, Buffer>, done: sendUnaryData<Buffer>) => {
          const answer = answers[Math.min(requests.length, answers.length - 1)] ?? Buffer.alloc(0);
          requests.push({ method: path, metadata: metadata.getMap(), body });
          if (answer === 'never') return;
          if (Buffer.isBuffer(answer)) {
            done(null, answer);
            return;
          }
          const trailers = new Metadata();
          if (answer.statusDetails) trailers.set('grpc-status-details-bin', answer.statusDetails);
          done({ ...answer, metadata: trailers });
        },
      },
    );
  }
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', credentials, (error, bound) => (error ? reject(error) : resolve(bound))),
  );
  cleanups.push(() => server.forceShutdown());
  return { endpoint: `127.0.0.1:${port}`, requests };
}

async function exporter(
  raw: object,
  { signal = 'metrics' as keyof typeof services, extension = undefined as object | undefined } = {},
) {
  const parsed = parseConfig(otlpGrpcExporterConfig, {
    tls: { insecure: true },
    sending_queue: { enabled: false },
    ...raw,
  });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const settings = testSettings('otlp_grpc');
  const made = new OtlpGrpcExporter(signal, parsed.value, settings);
  cleanups.push(() => made.shutdown(AbortSignal.abort()));
  await made.start({ extension: () => extension as Component | undefined, fatal: () => undefined });
  const measured = (name: string) =>
    settings.measured(`otelcol_exporter_${name}_metric_points`, { exporter: 'otlp_grpc' });
  return {
    consume: (data: object, client = noClientContext) => made.consume(data as never, client),
    settings,
    measured,
  };
}

const data = request({}, gauge('m', number(2n ** 63n - 1n)));
const fast = { initial_interval: '1ms', max_interval: '1ms', max_elapsed_time: '5s' };
const never = { enabled: false };

test('sends metrics, traces, and logs, with headers', async () => {
  const { endpoint, requests } = await receiver();
  const traces = decodeTraces(encodeTraces({ resourceSpans: [{ scopeSpans: [{ spans: [{ name: 'span' }] }] }] }));
  const logs = decodeLogs(encodeLogs({ resourceLogs: [{ scopeLogs: [{ logRecords: [{ severityText: 'INFO' }] }] }] }));
  const raw = { endpoint, headers: { 'X-Tenant': 'a' } };
  const { consume, measured } = await exporter(raw);
  await consume(data);
  await (await exporter(raw, { signal: 'traces' })).consume(traces);
  await (await exporter(raw, { signal: 'logs' })).consume(logs);
  expect(requests.map(({ method }) => method)).toEqual(Object.values(services).map((name) => `/${name}/Export`));
  expect(new MetricsDecoder().decode(requests[0]!.body)).toEqual(data);
  expect(decodeTraces(requests[1]!.body)).toEqual(traces);
  expect(decodeLogs(requests[2]!.body)).toEqual(logs);
  expect(requests[0]!.metadata).toMatchObject({ 'x-tenant': 'a' });
  expect(requests[0]!.metadata['user-agent']).toMatch(/^OpenTelemetry Collector Contrib\//);
  expect(measured('sent')).toBe(1);
});

test.each([1, 4, 10, 11, 14, 15])('sends again after status %i', async (code) => {
  const { endpoint, requests } = await receiver([{ code, details: 'later' }, Buffer.alloc(0)]);
  const { consume, measured } = await exporter({ endpoint, retry_on_failure: fast });
  await consume(data);
  expect(requests).toHaveLength(2);
  expect(measured('sent')).toBe(1);
});

test.each([
  [2, 'Unknown'],
  [3, 'InvalidArgument'],
  [7, 'PermissionDenied'],
  [8, 'ResourceExhausted'],
  [12, 'Unimplemented'],
  [13, 'Internal'],
  [16, 'Unauthenticated'],
])('gives up after status %i', async (code, name) => {
  const { endpoint, requests } = await receiver([{ code, details: 'no' }]);
  const { consume } = await exporter({ endpoint, retry_on_failure: fast });
  await expect(consume(data)).rejects.toMatchObject({
    name: 'PermanentError',
    code,
    message: `not retryable error: Permanent error: rpc error: code = ${name} desc = no`,
  });
  expect(requests).toHaveLength(1);
});

/** google.rpc.Status with a RetryInfo of 70.5 seconds. */
const retryInfo = Buffer.concat([
  Buffer.from([0x08, 8, 0x1a, 54, 0x0a, 40]),
  Buffer.from('type.googleapis.com/google.rpc.RetryInfo'),
  Buffer.from([0x12, 10, 0x0a, 8, 0x08, 70, 0x10, 0x80, 0xca, 0xb5, 0xee, 0x01]),
]);

test.each([8, 14])('obeys the RetryInfo of status %i', async (code) => {
  const { endpoint } = await receiver([{ code, details: 'busy', statusDetails: retryInfo }]);
  const { consume } = await exporter({ endpoint, retry_on_failure: { ...fast, max_elapsed_time: '60s' } });
  await expect(consume(data)).rejects.toThrow('no more retries left: Throttle (1m10.5s), error: rpc error: code =');
});

test('a receiver that refuses connections is retried, with the text of the Collector', async () => {
  const { consume } = await exporter({ endpoint: '127.0.0.1:1', retry_on_failure: never });
  await expect(consume(data)).rejects.toThrow(
    'rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:1: connect: connection refused"',
  );
});

test('a receiver that does not answer within the timeout', async () => {
  const { endpoint } = await receiver(['never']);
  const { consume } = await exporter({ endpoint, timeout: '50ms', retry_on_failure: never });
  await expect(consume(data)).rejects.toThrow('rpc error: code = DeadlineExceeded');
});

test('logs a partial success', async () => {
  const { endpoint } = await receiver([Buffer.from([10, 6, 8, 3, 18, 2, 104, 109])]);
  const { consume, settings } = await exporter({ endpoint });
  await consume(data);
  expect(settings.logged).toEqual(['warn Partial success response {"message":"hm","dropped_data_points":3}']);
});

test('an authenticator adds metadata, and knows that of the client', async () => {
  const { endpoint, requests } = await receiver();
  const extension = {
    requestHeaders: async ({ client }: OutgoingRequest) =>
      new Map([['Authorization', `Bearer ${client.metadata.get('tenant')}`]]),
  };
  const { consume } = await exporter({ endpoint, auth: { authenticator: 'a' } }, { extension });
  await consume(data, { ...noClientContext, metadata: new Map([['tenant', ['x']]]) });
  expect(requests[0]!.metadata.authorization).toBe('Bearer x');
  await expect(exporter({ endpoint, auth: { authenticator: 'a' } }, { extension: {} })).rejects.toThrow(
    'requested authenticator is not a gRPC client authenticator',
  );
});

test('TLS: verifies the receiver, and presents a certificate that is read again', async () => {
  const authority = makeCertificate('authority');
  const directory = mkdtempSync(join(tmpdir(), 'pitot-otlp-grpc-'));
  const file = (name: string, text: string) => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const server = makeCertificate('receiver', authority);
  const pair = { private_key: Buffer.from(server.key), cert_chain: Buffer.from(server.cert) };
  const { endpoint, requests } = await receiver(
    [],
    ServerCredentials.createSsl(Buffer.from(authority.cert), [pair], true),
  );
  const [one, two] = [makeCertificate('one', authority), makeCertificate('two', authority)];
  const tls = {
    ca_file: file('ca.pem', authority.cert),
    cert_file: file('cert.pem', one.cert),
    key_file: file('key.pem', one.key),
    reload_interval: '1m',
  };
  const { consume, settings } = await exporter({ endpoint, tls, retry_on_failure: never });
  await consume(data);
  file('cert.pem', two.cert);
  file('key.pem', two.key);
  settings.clock.advance(60_001);
  await consume(data);
  expect(requests).toHaveLength(2);
  const named = await exporter({ endpoint, tls: { ...tls, server_name_override: 'other' }, retry_on_failure: never });
  await expect(named.consume(data)).rejects.toThrow(/Unavailable/);
  const without = await exporter({ endpoint, tls: { ca_file: tls.ca_file }, retry_on_failure: never });
  await expect(without.consume(data)).rejects.toThrow(/Unavailable/);
});

test('uses gzip instead of zstd, says so, and refuses what gRPC never had', async () => {
  const { endpoint, requests } = await receiver();
  const { consume, settings } = await exporter({ endpoint, compression: 'zstd' });
  await consume(data);
  expect(requests).toHaveLength(1);
  expect(settings.logged).toEqual(['warn Compression not supported over gRPC; using gzip {"compression":"zstd"}']);
  await expect(exporter({ endpoint, compression: 'lz4' })).rejects.toThrow('unsupported compression type "lz4"');
});

test.each([
  [{}, ['requires a non-empty "endpoint"']],
  [{ endpoint: 'x' }, ['address x: missing port in address']],
  [{ endpoint: 'http://x:4317' }, []],
  [{ endpoint: 'dns:///x:4317' }, []],
  [{ endpoint: 'x:y' }, ['invalid port "y"']],
  [{ endpoint: 'x:1', balancer_name: 'foo' }, ['invalid balancer_name: foo']],
  [{ endpoint: 'x:1', timeout: '-1s' }, ['timeout value must be greater than or equal to 0']],
])('%j: %j', (raw, problems) => {
  const parsed = parseConfig(otlpGrpcExporterConfig, raw);
  expect(parsed.ok && validateConfig(otlpGrpcExporterConfig, parsed.value).map(({ message }) => message)).toEqual(
    problems,
  );
});
