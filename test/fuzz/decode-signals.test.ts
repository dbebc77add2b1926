import fc from 'fast-check';
import type protobuf from 'protobufjs';
import { describe, test } from 'vitest';
import { DecodeError } from '#pdata/protobuf/decode-error.ts';
import { decodeLogs } from '#pdata/protobuf/decode-logs.ts';
import { decodeTraces } from '#pdata/protobuf/decode-traces.ts';
import { messageOf } from './arbitrary-message.ts';
import { expectSame } from './expect-same.ts';
import { expectedData, inByteStrings } from './expected-data.ts';
import { mutatedBytes } from './mutate-bytes.ts';
import { logsRequest, tracesRequest } from './otlp-schema.ts';
import { Random } from './random.ts';
import { rewrittenMessage } from './rewrite-message.ts';

const signals: readonly [string, protobuf.Type, (body: Buffer) => object][] = [
  ['traces', tracesRequest, (body) => ({ resourceSpans: decodeTraces(body).resourceSpans })],
  ['logs', logsRequest, (body) => ({ resourceLogs: decodeLogs(body).resourceLogs })],
];

describe.each(signals)('%s', (_, type, decode) => {
  const body = fc.record({ message: messageOf(type), seed: fc.integer() }).map(({ message, seed }) => {
    const random = new Random(seed);
    return { random, bytes: rewrittenMessage(type, type.encode(type.fromObject(message)).finish(), random) };
  });

  test('decodes a request like protobufjs for any form', { timeout: 180_000 }, () => {
    fc.assert(
      fc.property(body, ({ bytes }) => expectSame(inByteStrings(decode(bytes)), expectedData(type, bytes))),
      { numRuns: 1000 },
    );
  });

  test('refuses an invalid request with a DecodeError or decodes it completely', { timeout: 180_000 }, () => {
    fc.assert(
      fc.property(body, ({ bytes, random }) => {
        try {
          decode(mutatedBytes(bytes, random));
        } catch (error) {
          if (!(error instanceof DecodeError)) throw error;
        }
      }),
      { numRuns: 2000 },
    );
  });
});
