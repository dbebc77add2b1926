import { encodeUtf8 } from '#bytes/utf8.ts';
import { xxhash64 } from '#bytes/xxhash64.ts';
import { Memo } from '#cache/memo.ts';
import type { AnyValue, Attributes, KeyValue } from '#pdata/attributes.ts';

/** Marks in the bytes that the Collector hashes: the kind of each value. */
const marks = { extra: 0xf3, key: 0xf4, empty: 0xf5, bytes: 0xf6, text: 0xf7, yes: 0xf8, no: 0xf9 } as const;
const numberMarks = { int: 0xfa, double: 0xfb } as const;
const listMarks = { mapBegin: 0xfc, mapEnd: 0xfd, arrayBegin: 0xfe, arrayEnd: 0xff } as const;

/** Maximum number of attribute sets whose hash is cached. */
const maxKnown = 10_000;
const known = new Memo<Attributes, Buffer>(maxKnown);

/**
 * Returns the Collector's 16-byte hash of attributes (xpdata/xhash): two xxHashes of their canonical form, which does
 * not depend on their order. All zeros for no attributes.
 */
export function attributesHash(attributes: Attributes): Buffer {
  return known.get(attributes) ?? known.set(attributes, computed(attributes));
}

function computed({ entries }: Attributes): Buffer {
  const hash = Buffer.alloc(16);
  if (entries.length === 0) return hash;
  const parts: Uint8Array[] = [];
  writeEntries(entries, parts);
  hash.writeBigUInt64LE(xxhash64(Buffer.concat(parts)), 0);
  parts.push(Uint8Array.of(marks.extra));
  hash.writeBigUInt64LE(xxhash64(Buffer.concat(parts)), 8);
  return hash;
}

function writeEntries(entries: readonly KeyValue[], parts: Uint8Array[]): void {
  const encoded = entries.map(({ key, value }) => ({ key: encodeUtf8(key), value }));
  for (const { key, value } of encoded.sort((a, b) => Buffer.compare(a.key, b.key))) {
    parts.push(Uint8Array.of(marks.key), uvarint(key.length), key);
    writeValue(value, parts);
  }
}

function writeValue(value: AnyValue, parts: Uint8Array[]): void {
  switch (typeof value) {
    case 'string':
      writeSized(marks.text, encodeUtf8(value), parts);
      return;
    case 'boolean':
      parts.push(Uint8Array.of(value ? marks.yes : marks.no));
      return;
    case 'bigint': {
      const bytes = Buffer.alloc(9, numberMarks.int);
      bytes.writeBigUInt64LE(BigInt.asUintN(64, value), 1);
      parts.push(bytes);
      return;
    }
    case 'number': {
      const bytes = Buffer.alloc(9, numberMarks.double);
      bytes.writeDoubleLE(value, 1);
      parts.push(bytes);
      return;
    }
    case 'undefined':
      parts.push(Uint8Array.of(marks.empty));
      return;
  }
  if (value instanceof Uint8Array) {
    writeSized(marks.bytes, value, parts);
  } else if (value.kind === 'kvlist') {
    parts.push(Uint8Array.of(listMarks.mapBegin));
    writeEntries(value.entries, parts);
    parts.push(Uint8Array.of(listMarks.mapEnd));
  } else {
    parts.push(Uint8Array.of(listMarks.arrayBegin));
    for (const each of value.values) writeValue(each, parts);
    parts.push(Uint8Array.of(listMarks.arrayEnd));
  }
}

function writeSized(mark: number, bytes: Uint8Array, parts: Uint8Array[]): void {
  parts.push(Uint8Array.of(mark), uvarint(bytes.length), bytes);
}

function uvarint(number: number): Uint8Array {
  const bytes: number[] = [];
  let left = number;
  for (; left > 0x7f; left >>>= 7) bytes.push((left & 0x7f) | 0x80);
  bytes.push(left);
  return Uint8Array.from(bytes);
}
