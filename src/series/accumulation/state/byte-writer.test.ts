import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';

const written = fc.oneof(
  fc.record({ kind: fc.constant('uint' as const), value: fc.maxSafeNat() }),
  fc.record({ kind: fc.constant('int' as const), value: fc.integer() }),
  fc.record({ kind: fc.constant('boolean' as const), value: fc.boolean() }),
  fc.record({ kind: fc.constant('double' as const), value: fc.double() }),
  fc.record({ kind: fc.constant('uint64' as const), value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
  fc.record({ kind: fc.constant('text' as const), value: fc.string({ unit: 'grapheme', maxLength: 5_000 }) }),
  fc.record({ kind: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 5_000 }) }),
  fc.record({ kind: fc.constant('doubles' as const), value: fc.array(fc.double()) }),
  fc.record({ kind: fc.constant('uints' as const), value: fc.array(fc.maxSafeNat()) }),
);

test('what is written in a row is read back in the same order', () => {
  fc.assert(
    fc.property(fc.array(written, { maxLength: 20 }), (parts) => {
      const writer = new ByteWriter();
      for (const { kind, value } of parts) (writer[kind] as (value: unknown) => void).call(writer, value);
      const reader = new ByteReader(writer.take());
      expect(parts.map(({ kind }) => reader[kind]())).toEqual(parts.map(({ value }) => value));
      expect(reader.isAtEnd).toBe(true);
      expect(writer.take()).toHaveLength(0);
    }),
  );
});

test('writes small counts in one byte', () => {
  const writer = new ByteWriter();
  writer.uints([0, 1, 127, 128]);
  expect(writer.take()).toHaveLength(1 + 3 + 2);
});

test('bytes that end too early are an error', () => {
  const writer = new ByteWriter();
  writer.text('abc');
  writer.uint64(1n);
  const bytes = writer.take();
  for (let length = 0; length < bytes.length; length++) {
    const reader = new ByteReader(bytes.subarray(0, length));
    expect(() => [reader.text(), reader.uint64()]).toThrow(RangeError);
  }
});
