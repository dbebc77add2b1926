import { type AnyValue, type Attributes, type KeyValue, noAttributes } from '../attributes.ts';
import { textTooLong, tooManyAttributes } from '../item-limits.ts';
import { DecodeError } from './decode-error.ts';
import { readText } from './text-table.ts';
import type { WireReader } from './wire-reader.ts';

/** Maps and lists inside each other deeper than this are refused, so that no request can exhaust the stack. */
export const maxValueDepth = 100;

const keyValueFields = { 1: 'Key', 2: 'Value', 3: 'KeyStrindex' };
const anyValueFields = {
  1: 'StringValue',
  2: 'BoolValue',
  3: 'IntValue',
  4: 'DoubleValue',
  5: 'ArrayValue',
  6: 'KvlistValue',
  7: 'BytesValue',
  8: 'StringValueStrindex',
};
const valuesField = { 1: 'Values' };

/** The attributes of these entries. */
export function attributesOf(entries: readonly KeyValue[]): Attributes {
  return entries.length === 0 ? noAttributes : { entries, note: undefined };
}

/**
 * Adds a KeyValue, whose length stands here, to attributes.
 * @throws OverLimit when there are too many, or one is too large
 */
export function addKeyValue(reader: WireReader, end: number, entries: KeyValue[]): void {
  if (entries.length >= reader.maxAttributes) throw tooManyAttributes;
  entries.push(readKeyValue(reader, end));
}

/** Attributes from a run of fields `repeated KeyValue`, tags included; each tag is one byte. */
export function decodeAttributes(reader: WireReader, end: number): Attributes {
  const entries: KeyValue[] = [];
  while (reader.position < end) {
    reader.position++;
    addKeyValue(reader, end, entries);
  }
  return { entries, note: undefined };
}

/**
 * A KeyValue whose length stands here: message KeyValue { string key = 1; AnyValue value = 2; int32 key_strindex = 3; }
 * `depth` is how many maps and lists are around it.
 */
function readKeyValue(reader: WireReader, end: number, depth = 0): KeyValue {
  const messageEnd = reader.lengthEnd(end);
  let key = '';
  let value: AnyValue;
  while (reader.position < messageEnd) {
    const tag = reader.tag(messageEnd);
    if (tag === 0x0a) key = readText(reader, messageEnd);
    else if (tag === 0x12) value = readAnyValue(reader, messageEnd, depth, value);
    else if (tag === 0x18) reader.varint(messageEnd);
    else reader.skip(tag, messageEnd, keyValueFields);
  }
  return { key, value };
}

/**
 * message AnyValue { oneof { string 1; bool 2; int64 3; double 4; ArrayValue 5; KeyValueList 6; bytes 7; int32 strindex 8 } }
 * The last of the one-of wins; `before` is what an earlier occurrence of the same field had.
 */
export function readAnyValue(reader: WireReader, end: number, depth: number, before?: AnyValue): AnyValue {
  if (depth > maxValueDepth)
    throw new DecodeError(`attribute values are nested more than ${maxValueDepth} levels deep`);
  const messageEnd = reader.lengthEnd(end);
  if (messageEnd - reader.position > reader.maxTextBytes) throw textTooLong;
  let value = before;
  while (reader.position < messageEnd) {
    const tag = reader.tag(messageEnd);
    switch (tag) {
      case 0x0a:
        value = readText(reader, messageEnd);
        break;
      case 0x10:
        value = reader.varint(messageEnd) !== 0;
        break;
      case 0x18:
        value = BigInt.asIntN(64, reader.varint64(messageEnd));
        break;
      case 0x21:
        value = reader.double(messageEnd);
        break;
      case 0x2a:
        value = readArray(reader, messageEnd, depth + 1);
        break;
      case 0x32:
        value = readKeyValueList(reader, messageEnd, depth + 1);
        break;
      case 0x3a: {
        const fieldEnd = reader.lengthEnd(messageEnd);
        value = Uint8Array.from(reader.bytes.subarray(reader.position, fieldEnd));
        reader.position = fieldEnd;
        break;
      }
      case 0x40:
        reader.varint(messageEnd);
        value = undefined;
        break;
      default:
        reader.skip(tag, messageEnd, anyValueFields);
    }
  }
  return value;
}

/** message ArrayValue { repeated AnyValue values = 1; } */
function readArray(reader: WireReader, end: number, depth: number): AnyValue {
  const messageEnd = reader.lengthEnd(end);
  const values: AnyValue[] = [];
  while (reader.position < messageEnd) {
    const tag = reader.tag(messageEnd);
    if (tag === 0x0a) values.push(readAnyValue(reader, messageEnd, depth));
    else reader.skip(tag, messageEnd, valuesField);
  }
  return { kind: 'array', values };
}

/** message KeyValueList { repeated KeyValue values = 1; } */
function readKeyValueList(reader: WireReader, end: number, depth: number): AnyValue {
  const messageEnd = reader.lengthEnd(end);
  const entries: KeyValue[] = [];
  while (reader.position < messageEnd) {
    const tag = reader.tag(messageEnd);
    if (tag === 0x0a) entries.push(readKeyValue(reader, messageEnd, depth));
    else reader.skip(tag, messageEnd, valuesField);
  }
  return { kind: 'kvlist', entries };
}
