import { type AnyValue, type Attributes, type KeyValue, noAttributes } from '../attributes.ts';
import { textTooLong, tooManyAttributes } from '../item-limits.ts';
import { DecodeError } from './decode-error.ts';
import { readText } from './text-table.ts';
import type { WireReader } from './wire-reader.ts';

/** Maximum nesting depth of maps and lists. A deeper value is refused, so that no request can exhaust the stack. */
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

/** Returns attributes with these entries. */
export function attributesOf(entries: readonly KeyValue[]): Attributes {
  return entries.length === 0 ? noAttributes : { entries, note: undefined };
}

/**
 * Adds the KeyValue whose length is at the current position.
 * @throws OverLimit if there are too many attributes or one is too large
 */
export function addKeyValue(reader: WireReader, end: number, entries: KeyValue[]): void {
  if (entries.length >= reader.maxAttributes) throw tooManyAttributes;
  entries.push(readKeyValue(reader, end));
}

/** Size from which a set has `bytes`. Others have no such property, which would cost memory in each of them. */
const longBytes = 1024;

/** Decodes attributes from adjacent fields `repeated KeyValue`, including their tags. Each tag is one byte. */
export function decodeAttributes(reader: WireReader, end: number): Attributes {
  const bytes = end - reader.position;
  const entries: KeyValue[] = [];
  while (reader.position < end) {
    reader.position++;
    addKeyValue(reader, end, entries);
  }
  return bytes < longBytes ? { entries, note: undefined } : { entries, note: undefined, bytes };
}

/**
 * Reads the KeyValue whose length is at the current position: message KeyValue { string key = 1; AnyValue value = 2;
 * int32 key_strindex = 3; }
 * `depth` is the number of maps and lists around it.
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
 * message AnyValue { oneof { string 1; bool 2; int64 3; double 4; ArrayValue 5; KeyValueList 6; bytes 7; int32 strindex
 * 8 } }
 * The last field of the one-of wins. `before` is the value of an earlier occurrence of the same field.
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
