import { ProtobufWriter } from '#bytes/protobuf-writer.ts';

/*
 * Messages written field by field, for input that encoders do not write: repeated fields, wrong wire types, unusual orders.
 */

function varint(value: number): Buffer {
  const writer = new ProtobufWriter(16);
  writer.varint(value);
  return writer.finish();
}

/** Encodes a length-delimited field: a message of the given fields, or a text. */
export function field(number: number, ...contents: (Buffer | string)[]): Buffer {
  const content = Buffer.concat(contents.map((part) => (typeof part === 'string' ? Buffer.from(part) : part)));
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
}

/** Encodes a varint field. */
export function varintField(number: number, value: number): Buffer {
  return Buffer.concat([varint(number * 8), varint(value)]);
}

/** Encodes a double field. */
export function doubleField(number: number, value: number): Buffer {
  const content = Buffer.alloc(8);
  content.writeDoubleLE(value);
  return Buffer.concat([varint(number * 8 + 1), content]);
}

/** Encodes a fixed64 field. */
export function fixed64Field(number: number, value: bigint): Buffer {
  const content = Buffer.alloc(8);
  content.writeBigUInt64LE(value);
  return Buffer.concat([varint(number * 8 + 1), content]);
}

/** Encodes a KeyValue with a text, without its tag. */
export function keyValue(key: string, text: string): Buffer {
  return Buffer.concat([field(1, key), field(2, field(1, text))]);
}
