import { type ProtobufWriter, wireType } from '#bytes/protobuf-writer.ts';
import type { JsonReader } from './json-reader.ts';

/**
 * Reads a value of one kind from JSON and writes it in protobuf without its tag (docs/reference/collector-behaviour.md#otlp-json).
 */
export interface Scalar {
  readonly wireType: number;
  transcode(reader: JsonReader, writer: ProtobufWriter): void;
}

const maxUint64 = 2n ** 64n - 1n;
const maxUint32 = 2n ** 32n - 1n;
const minInt64 = -(2n ** 63n);
const maxInt64 = 2n ** 63n - 1n;
const minInt32 = -(2n ** 31n);
const maxInt32 = 2n ** 31n - 1n;

const varint = (min: bigint, max: bigint): Scalar => ({
  wireType: wireType.varint,
  transcode: (reader, writer) => writer.varint64(reader.integer(min, max)),
});
const fixed64Integer = (min: bigint, max: bigint): Scalar => ({
  wireType: wireType.fixed64,
  transcode: (reader, writer) => writer.fixed64(reader.integer(min, max)),
});

export const uint32 = varint(0n, maxUint32);
export const uint64 = varint(0n, maxUint64);
export const int32 = varint(minInt32, maxInt32);
export const int64 = varint(minInt64, maxInt64);
export const fixed64 = fixed64Integer(0n, maxUint64);
export const sfixed64 = fixed64Integer(minInt64, maxInt64);
export const sint32: Scalar = {
  wireType: wireType.varint,
  transcode: (reader, writer) => {
    const value = reader.integer(minInt32, maxInt32);
    writer.varint64(value < 0n ? -2n * value - 1n : 2n * value);
  },
};
export const fixed32: Scalar = {
  wireType: wireType.fixed32,
  transcode: (reader, writer) => writer.fixed32(Number(reader.integer(0n, maxUint32))),
};
export const double: Scalar = {
  wireType: wireType.fixed64,
  transcode: (reader, writer) => writer.double(reader.double()),
};
export const bool: Scalar = {
  wireType: wireType.varint,
  transcode: (reader, writer) => writer.varint(reader.boolean() ? 1 : 0),
};
export const string: Scalar = {
  wireType: wireType.bytes,
  transcode: (reader, writer) => writer.bytes(reader.utf8()),
};

/** Returns an enum with constants in the order of their numbers, from 0. */
export function enumeration(...constants: string[]): Scalar {
  const numbers = new Map(constants.map((name, number) => [name, number]));
  return {
    wireType: wireType.varint,
    transcode: (reader, writer) => writer.varint64(BigInt(reader.enumeration(numbers))),
  };
}

/**
 * No group repeats. A regular expression stores a position to return to for each repetition of a group, which overflows
 * with texts of megabytes.
 */
const base64Text = /^[A-Za-z0-9+/]*={0,2}$/;

/** Standard base64 with padding. Line ends are skipped. */
export const base64: Scalar = {
  wireType: wireType.bytes,
  transcode: (reader, writer) => {
    const text = reader.verbatim().replace(/[\r\n]/g, '');
    if (text.length % 4 !== 0 || !base64Text.test(text)) throw reader.error('base64.Decode', 'illegal base64 data');
    writer.bytes(Buffer.from(text, 'base64'));
  },
};

/** Returns an ID of `byteCount` bytes as hexadecimal digits, or an empty ID. */
export function id(byteCount: number): Scalar {
  return {
    wireType: wireType.bytes,
    transcode: (reader, writer) => {
      const text = reader.verbatim();
      if (text.length >> 1 !== byteCount && text !== '') throw reader.error('ID.UnmarshalJSONIter', 'length mismatch');
      if (text.length % 2 === 1 || !/^[0-9a-f]*$/i.test(text))
        throw reader.error('ID.UnmarshalJSONIter', 'invalid hex');
      writer.bytes(Buffer.from(text, 'hex'));
    },
  };
}
