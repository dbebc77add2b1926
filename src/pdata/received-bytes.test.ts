import { describe, expect, test } from 'vitest';
import { drained } from '#flow/slices.ts';
import { doubleField, field, fixed64Field, keyValue, varintField } from '../../test/support/wire.ts';
import { encodeMetrics } from './encode/encode-metrics.ts';
import { noItemLimits } from './item-limits.ts';
import { MetricsDecoder } from './protobuf/decode-metrics.ts';
import { receivedBytes } from './received-bytes.ts';

const unknown = varintField(99, 1);
const point = (...more: Buffer[]) =>
  field(1, fixed64Field(3, 7n), doubleField(4, 1), field(7, keyValue('k', 'v')), ...more);
const metric = (...more: Buffer[]) => field(2, field(1, 'm'), field(5, point()), ...more);
const resource = (...more: Buffer[]) => field(1, field(1, keyValue('service.name', 'a')), ...more);
const resourceMetrics = (...more: Buffer[]) =>
  field(1, resource(), field(2, field(1, field(1, 's')), metric()), ...more);

const bytesOf = (body: Buffer, decoder = new MetricsDecoder()) => receivedBytes(decoder.decode(body));

test('a request that nothing has changed is sent as it arrived', () => {
  const body = resourceMetrics();
  const data = new MetricsDecoder().decode(body);
  expect(receivedBytes(data)).toBe(body);
  expect(drained(encodeMetrics(data))).toBe(body);
  expect(drained(encodeMetrics({ ...data }))).toEqual(body);
});

test('a changed request is encoded', () => {
  const data = new MetricsDecoder().decode(Buffer.concat([resourceMetrics(), resourceMetrics()]));
  const part = { ...data, resourceMetrics: data.resourceMetrics.slice(0, 1), dataPointCount: 1 };
  expect(receivedBytes(part)).toBeUndefined();
  expect(drained(encodeMetrics(part))).toEqual(resourceMetrics());
});

describe('a request with a field that OTLP does not have is encoded, so that the receiver does not get it', () => {
  const sum = (...more: Buffer[]) => field(2, field(2, field(1, 'm'), field(7, ...more)));
  test.each([
    ['request', Buffer.concat([resourceMetrics(), unknown])],
    ['resource metrics', resourceMetrics(unknown)],
    ['resource', field(1, resource(unknown), field(2, metric()))],
    ['resource in two parts', field(1, resource(), field(2, metric()), resource(unknown))],
    ['resource attribute', field(1, field(1, field(1, keyValue('a', 'b'), unknown)), field(2, metric()))],
    ['scope metrics', field(1, field(2, metric(), unknown))],
    ['scope', field(1, field(2, field(1, unknown), metric()))],
    ['metric', field(1, field(2, metric(unknown)))],
    ['metric metadata', field(1, field(2, metric(field(12, keyValue('a', 'b'), unknown))))],
    ['sum', field(1, sum(point(), unknown))],
    ['point', field(1, sum(point(unknown)))],
    ['point attribute', field(1, sum(point(field(7, keyValue('a', 'b'), unknown))))],
    ['exemplar', field(1, sum(point(field(5, unknown))))],
    ['deprecated scope metrics', field(1, resource(), field(1000, metric()))],
  ])('in %s', (_, body) => {
    const decoder = new MetricsDecoder();
    // What the decoder remembers of the first request must not hide the field of the second.
    expect(bytesOf(body, decoder)).toBeUndefined();
    expect(bytesOf(body, decoder)).toBeUndefined();
    const encoded = drained(encodeMetrics(decoder.decode(body)));
    expect(bytesOf(encoded)).toBe(encoded);
  });
});

test('a request of which items were dropped is encoded', () => {
  const decoder = new MetricsDecoder({ limits: { ...noItemLimits, maxTextBytes: 8 } });
  const long = field(1, field(2, field(2, field(1, 'm'), field(5, point(field(7, keyValue('k', 'v'.repeat(20))))))));
  expect(bytesOf(Buffer.concat([resourceMetrics(), long]), decoder)).toBeUndefined();
  expect(bytesOf(resourceMetrics(), decoder)).toBeDefined();
});

test('bytes whose memory was released are not used', () => {
  const memory = new Uint8Array(resourceMetrics()).buffer;
  const data = new MetricsDecoder().decode(Buffer.from(memory));
  memory.transfer(0);
  expect(drained(encodeMetrics(data))).toEqual(resourceMetrics());
});

test('large requests are not kept', () => {
  const body = resourceMetrics(field(3, 'u'.repeat(300_000)));
  expect(bytesOf(body)).toBeUndefined();
});
