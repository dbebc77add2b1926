import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { metricsJsonToProtobuf } from '#pdata/json/json-to-protobuf.ts';
import { grpcCall, grpcFrame } from '../../test/support/grpc.ts';
import { encodeLogs, encodeMetrics, encodeTraces } from '../../test/support/otlp.ts';
import { packedRecordings, readPackedRequests } from '../../test/support/packed-recording.ts';
import { protobufToJson } from './protobuf-to-json.ts';
import { type RecordedRequest, readRecording } from './read-recording.ts';
import { Recorder } from './recorder.ts';
import { replay } from './replay.ts';
import { grpcSender, httpSender, type Sender } from './send-request.ts';

const recordings = join(import.meta.dirname, '../../test/fixtures/recordings');
const location = (name = 'traffic') => join(mkdtempSync(join(tmpdir(), 'pitot-recording-')), name);
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function recorder(options: Partial<ConstructorParameters<typeof Recorder>[0]> = {}) {
  const path = options.location ?? location();
  const made = new Recorder({
    ...{ location: path, format: 'folder', to: undefined, toGrpc: undefined, redactedKeys: new Set() },
    ...{ maxBodyBytes: 10_000_000, maxRequests: 100_000, maxBytes: 1e9 },
    onProblem: (message) => expect.unreachable(message),
    ...options,
  });
  closers.push(() => made.close());
  return { path, to: await made.listen(0, '127.0.0.1') };
}

async function send(requests: readonly RecordedRequest[], sender: Sender) {
  closers.push(() => sender.close());
  const options = { sender, speed: Number.POSITIVE_INFINITY, shiftsTimes: false, signal: new AbortController().signal };
  const { refused } = await replay(requests, options);
  return refused;
}
const options = { headers: {}, timeoutMs: 30_000 };

/** Requests of a recording that are sent: files of thousands of requests take time. */
const maxSent = 300;

/** What identifies a request: where it goes, and its bytes. */
const shown = (requests: readonly RecordedRequest[]) =>
  requests.map(({ path, headers, body }) => [path, headers['content-encoding'] ?? '', body().toString('base64')]);

/** The requests of all recordings, also of those in one file. */
const all: [string, () => readonly RecordedRequest[]][] = [
  ...['airflow-3.2', 'airflow-3.3'].map((name): (typeof all)[number] => [
    name,
    () => readRecording(join(recordings, name)),
  ]),
  ...packedRecordings.map((name): (typeof all)[number] => [
    name,
    () => readPackedRequests(name).map(({ body, ...request }) => ({ ...request, body: () => body })),
  ]),
];

/** Whether pitot's own encoding of the message has the same bytes, as for every message of an SDK. */
function jsonOf({ headers, body }: RecordedRequest): string | undefined {
  try {
    return protobufToJson('/v1/metrics', headers['content-encoding'] === 'gzip' ? gunzipSync(body()) : body());
  } catch {
    return undefined;
  }
}

describe.each(all)('%s', (_, read) => {
  const requests = read();

  test('is the same, byte for byte, after it is sent through two recorders over gRPC', async () => {
    const sent = requests.slice(0, maxSent);
    const last = await recorder();
    const first = await recorder({ toGrpc: last.to });
    expect(await send(sent, grpcSender({ to: first.to, ...options }))).toEqual(new Map());
    expect(shown(readRecording(first.path))).toEqual(shown(sent));
    expect(shown(readRecording(last.path))).toEqual(shown(sent));
  });

  test('is the same, byte for byte, as lines of JSON that pitot converts again', () => {
    const stride = Math.ceil(requests.length / maxSent);
    const picked = requests.filter((_, index) => index % stride === 0);
    const converted = picked.flatMap((request) => {
      const json = jsonOf(request);
      return json === undefined ? [] : [[json, request] as const];
    });
    // Two recordings contain bodies that are not OTLP.
    expect(picked.length - converted.length).toBeLessThanOrEqual(5);
    for (const [json, { body, headers }] of converted) {
      const plain = headers['content-encoding'] === 'gzip' ? gunzipSync(body()) : body();
      expect(metricsJsonToProtobuf(Buffer.from(json)).equals(plain)).toBe(true);
    }
  });
});

describe('lines of JSON', () => {
  test('contain what arrived over HTTP and gRPC, and are replayed', async () => {
    const requests = readRecording(join(recordings, 'airflow-3.3')).slice(0, 20);
    const lines = await recorder({ location: location('a.jsonl'), format: 'jsonl' });
    await send(requests.slice(0, 10), httpSender({ to: lines.to, ...options }));
    await send(requests.slice(10), grpcSender({ to: lines.to, ...options }));
    const copy = await recorder({ location: location('b.jsonl'), format: 'jsonl' });
    await send(readRecording(lines.path), httpSender({ to: copy.to, ...options }));
    expect(readFileSync(copy.path, 'utf8')).toBe(readFileSync(lines.path, 'utf8'));
    const viaGrpc = await recorder();
    await send(readRecording(lines.path), grpcSender({ to: viaGrpc.to, ...options }));
    const bodies = readRecording(viaGrpc.path).map(({ body }) => body().toString('hex'));
    expect(bodies).toEqual(requests.map(({ body }) => body().toString('hex')));
  });

  test('are redacted', async () => {
    const lines = await recorder({
      location: location('a.jsonl'),
      format: 'jsonl',
      redactedKeys: new Set(['service.instance.id']),
    });
    await send(readRecording(join(recordings, 'airflow-3.3')).slice(0, 3), grpcSender({ to: lines.to, ...options }));
    const ids = [
      ...readFileSync(lines.path, 'utf8').matchAll(/"service\.instance\.id","value":\{"stringValue":"([^"]*)"/g),
    ];
    expect(ids.length).toBeGreaterThan(0);
    expect(ids.every(([, id]) => /^[0-9a-f]{36}$/.test(id!))).toBe(true);
  });

  test('a body that is not OTLP is forwarded and named', async () => {
    const problems: string[] = [];
    const target = await recorder();
    const lines = await recorder({
      ...{ location: location('a.jsonl'), format: 'jsonl', to: target.to },
      onProblem: (text) => problems.push(text),
    });
    const response = await fetch(`${lines.to}/v1/metrics`, { method: 'POST', body: 'not protobuf' });
    expect(response.status).toBe(200);
    expect(readRecording(target.path)[0]!.body().toString()).toBe('not protobuf');
    expect(problems).toEqual([expect.stringMatching(/^\/v1\/metrics is not recorded: malformed protobuf body/)]);
  });
});

describe('every value is the same again', () => {
  const point = (value: object) => ({
    resourceMetrics: [
      {
        resource: {
          attributes: [
            { key: 'a', value: { intValue: '-9223372036854775808' } },
            {
              key: 'b',
              value: { arrayValue: { values: [{ boolValue: true }, { bytesValue: Buffer.from([0, 255]) }] } },
            },
            { key: 'c', value: { kvlistValue: { values: [{ key: 'é"\\\n', value: { doubleValue: 0.1 } }] } } },
          ],
        },
        scopeMetrics: [{ metrics: [value] }],
      },
    ],
  });
  test.each([
    ['a negative zero', { gauge: { dataPoints: [{ asDouble: -0 }] } }],
    ['an infinity', { gauge: { dataPoints: [{ asDouble: Number.NEGATIVE_INFINITY }] } }],
    [
      'a large integer',
      { sum: { dataPoints: [{ asInt: '-9007199254740993', timeUnixNano: '18446744073709551615' }] } },
    ],
    ['packed buckets', { histogram: { dataPoints: [{ count: 3, bucketCounts: [1, 2], explicitBounds: [0.5] }] } }],
    [
      'an exponential histogram',
      {
        exponentialHistogram: {
          dataPoints: [{ scale: -4, positive: { offset: -1, bucketCounts: ['300'] }, zeroThreshold: 1e-300 }],
        },
      },
    ],
    [
      'an exemplar',
      {
        gauge: {
          dataPoints: [
            { asInt: 1, exemplars: [{ asDouble: 1.5, spanId: Buffer.alloc(8, 7), traceId: Buffer.alloc(16, 9) }] },
          ],
        },
      },
    ],
  ])('%s', (_, metric) => {
    const body = encodeMetrics(point({ name: 'm', ...metric }) as never);
    expect(metricsJsonToProtobuf(Buffer.from(protobufToJson('/v1/metrics', body))).equals(body)).toBe(true);
  });

  test('traces and logs', () => {
    const trace = encodeTraces({
      resourceSpans: [{ scopeSpans: [{ spans: [{ name: 's', traceId: Buffer.alloc(16, 1), kind: 2 }] }] }],
    } as never);
    expect(JSON.parse(protobufToJson('/v1/traces', trace))).toMatchObject({
      resourceSpans: [{ scopeSpans: [{ spans: [{ name: 's', traceId: '01'.repeat(16), kind: 2 }] }] }],
    });
    const log = encodeLogs({
      resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'x' } }] }] }],
    } as never);
    expect(JSON.parse(protobufToJson('/v1/logs', log))).toEqual({
      resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'x' } }] }] }],
    });
  });
});

describe('gRPC', () => {
  const body = encodeMetrics({ resourceMetrics: [] });
  const portOf = (to: string) => Number(new URL(to).port);

  test('a compressed message is recorded with its encoding', async () => {
    const { path, to } = await recorder();
    const zipped = gzipSync(body);
    const answer = await grpcCall(portOf(to), {
      body: grpcFrame(zipped, { flag: 1 }),
      headers: { 'grpc-encoding': 'gzip', 'user-agent': 'OTel' },
    });
    expect(answer.code).toBe(0);
    expect(readRecording(path)).toMatchObject([
      { path: '/v1/metrics', headers: { 'content-encoding': 'gzip', 'user-agent': 'OTel' } },
    ]);
    expect(readFileSync(join(path, 'index.jsonl'), 'utf8')).toContain('"transport":"grpc"');
  });

  test('a receiver that is down, and a message above the limit, are answered with a status', async () => {
    const problems: string[] = [];
    const { to } = await recorder({
      toGrpc: 'http://127.0.0.1:1',
      maxBodyBytes: 100,
      onProblem: (text) => problems.push(text),
    });
    expect(await grpcCall(portOf(to), { body: grpcFrame(body) })).toMatchObject({
      code: 14,
      words: 'connection refused',
    });
    expect(await grpcCall(portOf(to), { body: grpcFrame(Buffer.alloc(200)) })).toMatchObject({ code: 8 });
    expect(problems).toEqual([expect.stringMatching(/MetricsService\/Export: connection refused$/)]);
  });

  test('a method that is not of OTLP is forwarded, and not recorded', async () => {
    const target = await recorder();
    const { path, to } = await recorder({ toGrpc: target.to });
    expect(await grpcCall(portOf(to), { path: '/a.b/C', body: grpcFrame(body) })).toMatchObject({ code: 0 });
    expect(() => readRecording(path)).toThrow('the recording contains no requests');
  });

  test('a receiver over gRPC that does not answer is named', async () => {
    const requests = readRecording(join(recordings, 'airflow-3.2')).slice(0, 1);
    await expect(send(requests, grpcSender({ to: 'http://127.0.0.1:1', ...options }))).rejects.toThrow(
      'gRPC http://127.0.0.1:1: connection refused; start pitot first',
    );
  });
});
