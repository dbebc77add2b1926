import fc from 'fast-check';
import type protobuf from 'protobufjs';
import { describe, test } from 'vitest';
import { fromByteString, toByteString } from '#bytes/utf8.ts';
import { drained, type Slices } from '#flow/slices.ts';
import { encodeLogs } from '#pdata/encode/encode-logs.ts';
import { encodeMetrics } from '#pdata/encode/encode-metrics.ts';
import { encodeTraces } from '#pdata/encode/encode-traces.ts';
import { logsJsonToProtobuf, metricsJsonToProtobuf, tracesJsonToProtobuf } from '#pdata/json/json-to-protobuf.ts';
import { decodeLogs } from '#pdata/protobuf/decode-logs.ts';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { decodeTraces } from '#pdata/protobuf/decode-traces.ts';
import { logsToJson } from '#pdata/to-json/logs-to-json.ts';
import { metricsToJson } from '#pdata/to-json/metrics-to-json.ts';
import { tracesToJson } from '#pdata/to-json/traces-to-json.ts';
import { messageOf } from './arbitrary-message.ts';
import { expectSame } from './expect-same.ts';
import { expectedData } from './expected-data.ts';
import { logsRequest, metricsRequest, tracesRequest } from './otlp-schema.ts';
import { Random } from './random.ts';
import { rewrittenMessage } from './rewrite-message.ts';

interface Codec {
  readonly type: protobuf.Type;
  readonly field: string;
  /** Decodes a request and encodes it again. */
  encodeAgain(body: Buffer): Buffer;
  /** Decodes a request, writes it in JSON, and returns that in protobuf. */
  throughJson(body: Buffer): Buffer;
}

const json = (slices: Slices<string>) => Buffer.from(drained(slices));

const codecs: Codec[] = [
  {
    type: metricsRequest,
    field: 'resourceMetrics',
    // A copy, because a request that nothing has changed keeps its bytes.
    encodeAgain: (body) => drained(encodeMetrics({ ...new MetricsDecoder().decode(body) })),
    throughJson: (body) => metricsJsonToProtobuf(json(metricsToJson(new MetricsDecoder().decode(body)))),
  },
  {
    type: tracesRequest,
    field: 'resourceSpans',
    encodeAgain: (body) => drained(encodeTraces(decodeTraces(body))),
    throughJson: (body) => tracesJsonToProtobuf(json(tracesToJson(decodeTraces(body)))),
  },
  {
    type: logsRequest,
    field: 'resourceLogs',
    encodeAgain: (body) => drained(encodeLogs(decodeLogs(body))),
    throughJson: (body) => logsJsonToProtobuf(json(logsToJson(decodeLogs(body)))),
  },
];

describe.each(codecs)('$field', ({ type, field, encodeAgain, throughJson }) => {
  const body = fc.record({ message: messageOf(type), seed: fc.integer() }).map(({ message, seed }) => {
    const bytes = type.encode(type.fromObject(message)).finish();
    return rewrittenMessage(type, bytes, new Random(seed));
  });

  test('a request that is decoded and encoded again has the same content for protobufjs', { timeout: 180_000 }, () => {
    fc.assert(
      fc.property(body, (bytes) => {
        const again = encodeAgain(bytes);
        expectSame(expectedData(type, again)[field], expectedData(type, bytes)[field]);
      }),
      { numRuns: 1000 },
    );
  });

  test('encoding again does not change the bytes', { timeout: 180_000 }, () => {
    fc.assert(
      fc.property(body, (bytes) => {
        const once = encodeAgain(bytes);
        expectSame(encodeAgain(once).toString('hex'), once.toString('hex'));
      }),
      { numRuns: 300 },
    );
  });

  test('a request in JSON has the same content, except for bytes that are not UTF-8', { timeout: 180_000 }, () => {
    fc.assert(
      fc.property(body, (bytes) => {
        const again = expectedData(type, throughJson(bytes))[field];
        expectSame(again, wellFormed(expectedData(type, bytes)[field]));
      }),
      { numRuns: 500 },
    );
  });
});

/** Returns a copy of expected data in which every text is well-formed. */
function wellFormed(data: unknown): unknown {
  if (typeof data === 'string') return toByteString(fromByteString(data).toWellFormed());
  if (Array.isArray(data)) return data.map(wellFormed);
  if (typeof data !== 'object' || data === null || data instanceof Uint8Array) return data;
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, wellFormed(value)]));
}
