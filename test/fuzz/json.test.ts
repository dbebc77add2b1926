import fc from 'fast-check';
import type protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { logsJsonToProtobuf, metricsJsonToProtobuf, tracesJsonToProtobuf } from '#pdata/json/json-to-protobuf.ts';
import { DecodeError } from '#pdata/protobuf/decode-error.ts';
import { messageOf } from './arbitrary-message.ts';
import { expectSame } from './expect-same.ts';
import { expectedData } from './expected-data.ts';
import { mutatedBytes } from './mutate-bytes.ts';
import { logsRequest, metricsRequest, tracesRequest } from './otlp-schema.ts';
import { Random } from './random.ts';
import { writtenJson } from './write-json.ts';

const signals: readonly [string, protobuf.Type, (body: Buffer) => Buffer, number][] = [
  ['metrics', metricsRequest, metricsJsonToProtobuf, 1000],
  ['traces', tracesRequest, tracesJsonToProtobuf, 300],
  ['logs', logsRequest, logsJsonToProtobuf, 300],
];

describe.each(signals)('%s in JSON', (_, type, toProtobuf, numRuns) => {
  const request = fc.record({ message: messageOf(type), seed: fc.integer() });

  test('decodes to the same data as the message in protobuf', { timeout: 180_000 }, () => {
    fc.assert(
      fc.property(request, ({ message, seed }) => {
        const json = writtenJson(type, message, new Random(seed));
        const expected = expectedData(type, type.encode(type.fromObject(message)).finish());
        expectSame(expectedData(type, toProtobuf(json)), expected);
      }),
      { numRuns },
    );
  });

  test('refuses invalid JSON with a DecodeError or converts it to valid protobuf', { timeout: 180_000 }, () => {
    fc.assert(
      fc.property(request, ({ message, seed }) => {
        const random = new Random(seed);
        const broken = mutatedBytes(writtenJson(type, message, random), random);
        const protobuf = orRefused(() => toProtobuf(broken));
        if (protobuf !== undefined) expect(() => type.decode(protobuf)).not.toThrow();
      }),
      { numRuns: 2 * numRuns },
    );
  });
});

function orRefused(read: () => Buffer): Buffer | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}
