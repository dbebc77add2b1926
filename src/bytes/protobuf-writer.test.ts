import fc from 'fast-check';
import protobuf from 'protobufjs';
import { expect, test } from 'vitest';
import { ProtobufWriter } from './protobuf-writer.ts';

const written = (write: (writer: ProtobufWriter) => void): string => {
  const writer = new ProtobufWriter(0);
  write(writer);
  return writer.finish().toString('hex');
};

test('numbers in each form', () => {
  const f = (write: (writer: ProtobufWriter) => void, hex: string) => expect(written(write)).toBe(hex);
  f((writer) => writer.tag(1, 2), '0a');
  f((writer) => writer.tag(1000, 2), 'c23e');
  f((writer) => writer.varint(0), '00');
  f((writer) => writer.varint(300), 'ac02');
  f((writer) => writer.varint(Number.MAX_SAFE_INTEGER), 'ffffffffffffff0f');
  f((writer) => writer.varint64(-1n), 'ffffffffffffffffff01');
  f((writer) => writer.varint64(2n ** 64n - 1n), 'ffffffffffffffffff01');
  f((writer) => writer.fixed32(4294967295), 'ffffffff');
  f((writer) => writer.fixed64(-2n), 'feffffffffffffff');
  f((writer) => writer.double(-1.5), '000000000000f8bf');
  f((writer) => writer.bytes(Buffer.from('ab')), '026162');
});

test('varints are what protobufjs writes', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (value) => {
      const expected = protobuf.Writer.create().uint64(value).finish();
      expect(written((writer) => writer.varint(value))).toBe(Buffer.from(expected).toString('hex'));
      expect(written((writer) => writer.varint64(BigInt(value)))).toBe(Buffer.from(expected).toString('hex'));
    }),
  );
});

test('a message is written before its length is known, however long and deep', () => {
  for (const length of [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152]) {
    const writer = new ProtobufWriter(0);
    writer.tag(1, 2);
    const outer = writer.begin();
    writer.tag(2, 2);
    const inner = writer.begin();
    for (let index = 0; index < length; index++) writer.varint(index % 100);
    writer.end(inner);
    writer.tag(3, 0);
    writer.varint(7);
    writer.end(outer);
    const reader = protobuf.Reader.create(writer.finish());
    expect(reader.uint32()).toBe(0x0a);
    const end = reader.uint32() + reader.pos;
    expect(end).toBe(reader.len);
    expect(reader.uint32()).toBe(0x12);
    const content = reader.bytes();
    expect(content.length).toBe(length);
    expect(content.every((byte, index) => byte === index % 100)).toBe(true);
    expect([reader.uint32(), reader.uint32(), reader.pos]).toEqual([0x18, 7, end]);
  }
});

test('the buffer grows from any size', () => {
  for (const expectedBytes of [0, 1, 64, 1000]) {
    const writer = new ProtobufWriter(expectedBytes);
    const pieces = [Buffer.alloc(100, 1), Buffer.alloc(0), Buffer.alloc(5000, 2)];
    for (const piece of pieces) writer.bytes(piece);
    const reader = protobuf.Reader.create(writer.finish());
    for (const piece of pieces) expect(Buffer.compare(reader.bytes(), piece)).toBe(0);
    expect(reader.pos).toBe(reader.len);
  }
});
