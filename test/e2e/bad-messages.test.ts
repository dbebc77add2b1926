import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bridge } from '../support/bridge.ts';
import { grpcCall, grpcFrame } from '../support/grpc.ts';
import { ask, postMetrics } from '../support/http.ts';
import { parseExposition } from '../support/parse-exposition.ts';
import { doubleField, field, fixed64Field, varintField } from '../support/wire.ts';

/*
 * Sends invalid and unusual protobuf and JSON to the real process over HTTP and gRPC. Each request is answered, and is applied completely or
 * not at all.
 */

let bridge: Bridge;
beforeAll(async () => {
  bridge = await Bridge.start({ prometheus: { without_scope_info: true } });
});
afterAll(() => bridge?.stop());

/** Returns the first sample of a metric. Undefined if there is none. */
async function servedValue(name: string): Promise<number | undefined> {
  const { status, body } = await bridge.scrape();
  expect(status).toBe(200);
  return parseExposition(body.latin1Slice(), 'text').find((family) => family.name === name)?.samples[0]?.value;
}

/** Returns a request with one gauge whose point has these fields. */
const gauge = (name: string, ...fields: Buffer[]) =>
  field(1, field(2, field(2, field(1, name), field(5, field(1, ...fields)))));
const good = gauge('applied', fixed64Field(6, 1n));
const followedBy = (hex: string) => Buffer.concat([good, Buffer.from(hex, 'hex')]);
const nested = (levels: number) => {
  let value = field(1, 'x');
  for (let level = 0; level < levels; level++) value = field(5, field(1, value));
  return gauge('applied', fixed64Field(6, 1n), field(7, field(1, 'k'), field(2, value)));
};

const refused: readonly (readonly [string, Buffer, string])[] = [
  ['noise', Buffer.concat([Buffer.from([0xff]), randomBytes(1000)]), ''],
  ['a truncated message', good.subarray(0, -1), 'unexpected EOF'],
  ['a message followed by other bytes', followedBy('0a05'), 'unexpected EOF'],
  ['a varint of more than ten bytes', followedBy('ff'.repeat(11)), 'proto: integer overflow'],
  ['field number 0', followedBy('0200'), 'proto: Link: illegal field=0'],
  ['the end of a group without a start', followedBy('6400'), 'proto: unexpected end of group'],
  ['a group that is not empty', followedBy('63080164'), 'unexpected EOF'],
  ['wire type 7', followedBy('6700'), 'proto: illegal wireType 7'],
  ['a length beyond the message around it', field(1, Buffer.from([0x12, 100, 1, 2])), 'unexpected EOF'],
  ['a length of 2^63', followedBy(`0a${'ff'.repeat(9)}01`), 'proto: negative length'],
  [
    'a known field with another wire type',
    gauge('applied', varintField(3, 5)),
    'proto: wrong wireType = 0 for field TimeUnixNano',
  ],
  ['values nested 101 deep', nested(101), 'attribute values are nested more than 100 levels deep'],
  ['an id of 3 bytes', gauge('applied', field(5, field(5, 'abc'))), 'unmarshal: invalid TraceID length'],
];

describe.each(refused)('%s', (_, body, words) => {
  test('is refused over HTTP with a Status and not applied', async () => {
    const answer = await postMetrics(bridge.ports.http, body);
    expect([answer.status, answer.headers['content-type']]).toEqual([400, 'application/x-protobuf']);
    // Field 1 is the code, InvalidArgument. Field 2 is the message.
    expect(answer.body.subarray(0, 3).toString('hex')).toBe('080312');
    expect(answer.body.toString()).toContain(words);
    expect(await servedValue('applied')).toBeUndefined();
  });

  test('is refused over gRPC with Internal and not applied', async () => {
    const answer = await grpcCall(bridge.ports.grpc, { body: grpcFrame(body) });
    expect(answer.code).toBe(13);
    expect(answer.words).toContain(`grpc: failed to unmarshal the received message: ${words}`);
    expect(await servedValue('applied')).toBeUndefined();
  });
});

test('drops a point whose values are nested 10,000 deep, which exceed the limit of a text', async () => {
  const answer = await postMetrics(bridge.ports.http, nested(10_000));
  expect([answer.status, answer.body.toString()]).toEqual([200, expect.stringContaining('text_too_long')]);
  expect(await servedValue('applied')).toBeUndefined();
});

test('refuses more fields than the limit without decoding them', async () => {
  const body = field(1, field(2, field(2, field(5, Buffer.alloc(9_000_000, '0a00', 'hex')))));
  const answer = await postMetrics(bridge.ports.http, body);
  expect([answer.status, answer.body.toString()]).toEqual([400, expect.stringContaining('more than 4000000 fields')]);
});

describe.each<[string, (name: string) => Buffer, number]>([
  [
    'unknown fields',
    (name) =>
      Buffer.concat([varintField(100, 1), gauge(name, fixed64Field(6, 7n), doubleField(50, 1)), field(99, 'x')]),
    7,
  ],
  [
    'a group of groups before it',
    (name) => Buffer.concat([Buffer.from('636b6c64', 'hex'), gauge(name, fixed64Field(6, 6n))]),
    6,
  ],
  [
    'the name after the data',
    (name) => field(1, field(2, field(2, field(5, field(1, fixed64Field(6, 8n))), field(1, name)))),
    8,
  ],
  ['a repeated value', (name) => gauge(name, fixed64Field(6, 1n), doubleField(4, 2.5)), 2.5],
  [
    'an attribute in two parts',
    (name) => gauge(name, fixed64Field(6, 3n), field(7, field(1, 'k'), field(2, field(1, 'v')), field(2))),
    3,
  ],
])('%s', (what, body, value) => {
  const name = what.replace(/\W/g, '_');

  test('is accepted over HTTP', async () => {
    expect((await postMetrics(bridge.ports.http, body(`http_${name}`))).status).toBe(200);
    expect(await servedValue(`http_${name}`)).toBe(value);
  });

  test('is accepted over gRPC', async () => {
    expect((await grpcCall(bridge.ports.grpc, { body: grpcFrame(body(`grpc_${name}`)) })).code).toBe(0);
    expect(await servedValue(`grpc_${name}`)).toBe(value);
  });
});

test('accepts an empty message as a request without points', async () => {
  expect(await postMetrics(bridge.ports.http, Buffer.alloc(0))).toMatchObject({
    status: 200,
    body: Buffer.from('\n\0'),
  });
  expect((await grpcCall(bridge.ports.grpc, { body: grpcFrame(Buffer.alloc(0)) })).code).toBe(0);
});

describe('JSON', () => {
  const post = (json: string) =>
    ask(bridge.ports.http, {
      method: 'POST',
      path: '/v1/metrics',
      headers: { 'content-type': 'application/json' },
      body: Buffer.from(json),
    });
  const gaugeJson = (name: string, point: string) =>
    `{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"${name}","gauge":{"dataPoints":[{${point}}]}}]}]}]}`;

  test.each([
    ['no JSON', 'secret'],
    ['cut', '{"resourceMetrics":[{"secret'],
    ['truncated in a word', '{"resourceMetrics":nu'],
    ['truncated in an escape', '{"a":"\\u"}'],
    ['a byte order mark', '\ufeff{}'],
    ['a negative number for an unsigned one', gaugeJson('applied', '"timeUnixNano":-1')],
    ['a fraction for an int', gaugeJson('applied', '"asInt":1.0')],
    ['too many brackets', `{"a":${'['.repeat(1_000_000)}`],
    [
      'values nested too deep',
      gaugeJson('applied', `"attributes":[{"value":${'{"arrayValue":{"values":['.repeat(100_000)}`),
    ],
  ])('%s is refused with 400, and not shown again', async (_, json) => {
    const answer = await post(json);
    expect([answer.status, JSON.parse(answer.body.toString()).code]).toEqual([400, 3]);
    expect(answer.body.toString()).not.toContain('secret');
    expect(await servedValue('applied')).toBeUndefined();
  });

  test('treats names of JavaScript properties as ordinary keys', async () => {
    const attributes = ['__proto__', 'constructor', 'toString'].map(
      (key) => `{"key":"${key}","value":{"stringValue":"v"}}`,
    );
    const json = gaugeJson('prototypes', `"__proto__":{"asInt":9},"asInt":5,"attributes":[${attributes}]`);
    expect((await post(json)).status).toBe(200);
    const { body } = await bridge.scrape();
    expect(body.toString()).toContain('prototypes{constructor="v",key__proto__="v",toString="v"} 5\n');
  });

  test('accepts 64-bit integers and names of constants', async () => {
    for (const written of ['9007199254740993', '"9007199254740993"']) {
      expect((await post(gaugeJson('large', `"asInt":${written}`))).status).toBe(200);
      expect(await servedValue('large')).toBe(2 ** 53);
    }
    for (const temporality of ['2', '"AGGREGATION_TEMPORALITY_CUMULATIVE"']) {
      const data = `"sum":{"aggregationTemporality":${temporality},"isMonotonic":true,"dataPoints":[{"asInt":"3"}]}`;
      expect(
        (await post(`{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"named",${data}}]}]}]}`)).status,
      ).toBe(200);
      expect(await servedValue('named_total')).toBe(3);
    }
  });
});

describe('gRPC', () => {
  const body = (...frames: Buffer[]) => Buffer.concat(frames);
  const call = (sent: Buffer, headers = {}, path?: string) =>
    grpcCall(bridge.ports.grpc, { body: sent, headers, ...(path && { path }) });

  test('answers a message above the limit, declared or sent, with ResourceExhausted', async () => {
    expect((await call(grpcFrame(Buffer.alloc(5 * 1024 * 1024)))).code).toBe(8);
    expect((await call(grpcFrame(Buffer.alloc(10), { length: 0xffff_ffff }))).code).toBe(8);
  });

  test.each([
    ['no message', body()],
    ['half a frame', body(grpcFrame(good).subarray(0, 3))],
    ['a truncated message', body(grpcFrame(good, { length: good.length + 10 }))],
    ['two messages', body(grpcFrame(good), grpcFrame(good))],
    ['a flag without an encoding', body(grpcFrame(good, { flag: 1 }))],
    ['an unknown flag', body(grpcFrame(good, { flag: 7 }))],
  ])('%s is no call', async (_, sent) => {
    expect((await call(sent)).code).not.toBe(0);
    expect(await servedValue('applied')).toBeUndefined();
  });

  test.each([
    ['an unknown encoding', { 'grpc-encoding': 'br' }],
    ['invalid gzip', { 'grpc-encoding': 'gzip' }],
    ['invalid zstd', { 'grpc-encoding': 'zstd' }],
    ['invalid snappy', { 'grpc-encoding': 'snappy' }],
  ])('%s is refused', async (_, headers) => {
    expect((await call(grpcFrame(Buffer.from('garbage'), { flag: 1 }), headers)).code).not.toBe(0);
  });

  test('answers unknown services and methods with Unimplemented', async () => {
    for (const path of [
      '/',
      '/x',
      '/opentelemetry.proto.collector.metrics.v1.MetricsService/Import',
      '/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export',
    ]) {
      expect((await call(grpcFrame(good), {}, path)).code, path).toBe(12);
    }
  });

  test('answers the next call after all of these', async () => {
    expect((await call(grpcFrame(gauge('after', fixed64Field(6, 1n))))).code).toBe(0);
    expect(await servedValue('after')).toBe(1);
  });
});
