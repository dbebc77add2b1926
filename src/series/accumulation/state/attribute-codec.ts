import type { AnyValue, Attributes, KeyValue } from '#pdata/attributes.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';

/** Kinds of values on disk. The numbers must never change. */
const tag = { empty: 0, text: 1, boolean: 2, integer: 3, double: 4, bytes: 5, array: 6, list: 7 } as const;

/** Writes attributes with their kinds and order. */
export function writeAttributes({ entries }: Attributes, writer: ByteWriter): void {
  writer.uint(entries.length);
  for (const { key, value } of entries) {
    writer.text(key);
    writeValue(value, writer);
  }
}

/** Reads attributes that `writeAttributes` wrote. */
export function readAttributes(reader: ByteReader): Attributes {
  return { entries: readEntries(reader) };
}

function writeValue(value: AnyValue, writer: ByteWriter): void {
  switch (typeof value) {
    case 'undefined':
      writer.uint(tag.empty);
      return;
    case 'string':
      writer.uint(tag.text);
      writer.text(value);
      return;
    case 'boolean':
      writer.uint(tag.boolean);
      writer.boolean(value);
      return;
    case 'bigint':
      writer.uint(tag.integer);
      writer.uint64(value);
      return;
    case 'number':
      writer.uint(tag.double);
      writer.double(value);
      return;
  }
  if (value instanceof Uint8Array) {
    writer.uint(tag.bytes);
    writer.bytes(value);
  } else if (value.kind === 'array') {
    writer.uint(tag.array);
    writer.uint(value.values.length);
    for (const element of value.values) writeValue(element, writer);
  } else {
    writer.uint(tag.list);
    writeAttributes(value, writer);
  }
}

function readValue(reader: ByteReader): AnyValue {
  const kind = reader.uint();
  switch (kind) {
    case tag.empty:
      return undefined;
    case tag.text:
      return reader.text();
    case tag.boolean:
      return reader.boolean();
    case tag.integer:
      return BigInt.asIntN(64, reader.uint64());
    case tag.double:
      return reader.double();
    case tag.bytes:
      return reader.bytes();
    case tag.array:
      return { kind: 'array', values: Array.from({ length: reader.uint() }, () => readValue(reader)) };
    case tag.list:
      return { kind: 'kvlist', entries: readEntries(reader) };
    default:
      throw new RangeError(`unknown kind of value ${kind}`);
  }
}

function readEntries(reader: ByteReader): KeyValue[] {
  return Array.from({ length: reader.uint() }, () => ({ key: reader.text(), value: readValue(reader) }));
}
