import protobuf from 'protobufjs';
import type { Random } from './random.ts';

/** Field of a message. Its content follows the tag and, for wire type 2, the length. */
export interface WireField {
  readonly number: number;
  readonly wireType: number;
  readonly content: Buffer;
}

/** Returns the fields of a message in order. `end` is the offset after a field. */
export function fieldsOf(bytes: Uint8Array): (WireField & { end: number })[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const reader = protobuf.Reader.create(buffer);
  const fields: (WireField & { end: number })[] = [];
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const length = (tag & 7) === 2 ? reader.uint32() : undefined;
    const start = reader.pos;
    if (length === undefined) reader.skipType(tag & 7);
    else reader.skip(length);
    fields.push({ number: tag >>> 3, wireType: tag & 7, content: buffer.subarray(start, reader.pos), end: reader.pos });
  }
  return fields;
}

/** Encodes a field with its tag and length. With `random`, they are sometimes a byte longer than necessary. */
export function writtenField({ number, wireType, content }: WireField, random?: Random): Buffer {
  const tag = varint(number * 8 + wireType, random);
  return Buffer.concat(wireType === 2 ? [tag, varint(content.length, random), content] : [tag, content]);
}

function varint(value: number, random: Random | undefined): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  if (bytes.length < 4 && random?.oneIn(12)) return Buffer.from([...bytes, rest | 0x80, 0]);
  return Buffer.from([...bytes, rest]);
}
