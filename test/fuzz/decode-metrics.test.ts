import fc from 'fast-check';
import { afterAll, test } from 'vitest';
import { DecodeError } from '#pdata/protobuf/decode-error.ts';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { messageOf } from './arbitrary-message.ts';
import { expectSame } from './expect-same.ts';
import { expectedData, inByteStrings } from './expected-data.ts';
import { mutatedBytes } from './mutate-bytes.ts';
import { metricsRequest } from './otlp-schema.ts';
import { Random } from './random.ts';
import { rewrittenMessage } from './rewrite-message.ts';
import { variedMessage } from './vary-message.ts';

/** Requests for one decoder: a few messages, repeated with small changes, as encoded by protobufjs or in another form. */
const conversation = fc
  .record({
    messages: fc.array(messageOf(metricsRequest), { minLength: 1, maxLength: 3 }),
    order: fc.array(fc.nat(2), { minLength: 10, maxLength: 10 }),
    seed: fc.integer(),
    maxInternedBytes: fc.constantFrom(1, 2000, 20_000, 64 * 1024 * 1024),
  })
  .map(({ messages, order, seed, maxInternedBytes }) => {
    const random = new Random(seed);
    const encoded = messages.map((message) => metricsRequest.encode(metricsRequest.fromObject(message)).finish());
    const bodies = order.map((index) => {
      const known = Buffer.from(encoded[index % encoded.length]!);
      const bytes = random.oneIn(3) ? known : variedMessage(metricsRequest, known, random);
      return random.oneIn(2) ? bytes : rewrittenMessage(metricsRequest, bytes, random);
    });
    return { bodies, random, maxInternedBytes };
  });

const counts = { generated: 0, refused: 0, accepted: 0 };
afterAll(() => {
  const { generated, refused, accepted } = counts;
  process.stdout.write(
    `decoder: ${generated} generated requests equal protobufjs; ${refused} of ${refused + accepted} mutated requests refused, ${accepted} accepted\n`,
  );
});

test('decodes a request like protobufjs for any form and any previous requests', {
  timeout: 180_000,
}, () => {
  fc.assert(
    fc.property(conversation, ({ bodies, maxInternedBytes }) => {
      const decoder = new MetricsDecoder({ maxInternedBytes });
      for (const body of bodies) {
        const { resourceMetrics } = decoder.decode(body);
        expectSame(inByteStrings(resourceMetrics), expectedData(metricsRequest, body).resourceMetrics);
        counts.generated++;
      }
    }),
    { numRuns: 1000 },
  );
});

test('refuses an invalid request with a DecodeError and keeps no state of it', { timeout: 180_000 }, () => {
  const lasting = new MetricsDecoder({ maxInternedBytes: 20_000 });
  fc.assert(
    fc.property(conversation, ({ bodies, random }) => {
      for (const body of bodies) {
        const mutated = mutatedBytes(body, random);
        const fresh = decodedOrRefused(new MetricsDecoder(), mutated);
        expectSame(decodedOrRefused(lasting, mutated), fresh);
        expectSame(lasting.decode(body), new MetricsDecoder().decode(body));
        if (typeof fresh === 'string') counts.refused++;
        else counts.accepted++;
      }
    }),
    { numRuns: 1000 },
  );
});

/** Returns the data, or the message of a DecodeError. Any other error fails the test. */
function decodedOrRefused(decoder: MetricsDecoder, body: Buffer): unknown {
  try {
    return decoder.decode(body);
  } catch (error) {
    if (error instanceof DecodeError) return error.message;
    throw error;
  }
}
