import type protobuf from 'protobufjs';
import { toByteString } from '#bytes/utf8.ts';
import { idBytes, messageType } from './otlp-schema.ts';

/*
 * Computes the expected output of pitot's decoders from the output of protobufjs: pipeline data in which every text consists of its UTF-8
 * bytes, one character each.
 */

type Decoded = Record<string, unknown>;
type Long = { toString(): string };

/** Integer fields that are float64 in pipeline data. */
const asDoubles = new Set(['count', 'zeroCount', 'bucketCounts']);

/** Returns the pipeline data for the bytes of a message, as decoded by protobufjs. */
export function expectedData(type: protobuf.Type, bytes: Uint8Array): Decoded {
  return fieldsOf(type, type.decode(bytes) as unknown as Decoded);
}

function fieldsOf(type: protobuf.Type, message: Decoded): Decoded {
  if (type.name === 'Metric') return metric(type, message);
  const fields: Decoded = {};
  for (const field of type.fieldsArray) {
    if (field.partOf && !field.options?.proto3_optional) continue;
    if (field.name === 'keyStrindex') continue;
    fields[field.name] = fieldValue(field, message);
  }
  if (type.name === 'NumberDataPoint' || type.name === 'Exemplar') fields.value = numberValue(message);
  return fields;
}

function metric(type: protobuf.Type, message: Decoded): Decoded {
  const [name, description, unit, metadata] = ['name', 'description', 'unit', 'metadata'].map((field) =>
    fieldValue(type.fields[field]!, message),
  );
  const descriptor = { name, description, unit, metadata };
  const kind = message.data as string | undefined;
  if (kind === undefined) return { type: 'Empty', descriptor, dataPoints: [] };
  const data = messageType(type.fields[kind]!)!;
  return { type: data.name, descriptor, ...fieldsOf(data, message[kind] as Decoded) };
}

function fieldValue(field: protobuf.Field, message: Decoded): unknown {
  const found = Object.hasOwn(message, field.name) ? message[field.name] : undefined;
  const isAttributes = messageType(field)?.name === 'KeyValue';
  if (field.repeated) {
    const values = ((found as unknown[]) ?? []).map((value) => single(field, value));
    return isAttributes ? { entries: values, note: undefined } : values;
  }
  if (found === undefined && field.options?.proto3_optional) return undefined;
  return single(field, found);
}

/** Returns the value of a field, or the default of an absent field. */
function single(field: protobuf.Field, value: unknown): unknown {
  const message = messageType(field);
  if (message?.name === 'AnyValue') return value === undefined ? undefined : anyValue(message, value as Decoded);
  if (message !== undefined) return fieldsOf(message, (value as Decoded | undefined) ?? {});
  if (idBytes(field) !== undefined) return idText(value as Uint8Array | undefined);
  if (field.type === 'bytes') return Buffer.from((value as Uint8Array | undefined) ?? []).toString('latin1');
  if (field.type === 'bool') return value ?? false;
  const long = BigInt((value as Long | undefined)?.toString().replace(/\..*|NaN|-?Infinity|e.*/, '') || 0);
  if (asDoubles.has(field.name)) return Number(long);
  return field.type.endsWith('64') ? long : (value ?? 0);
}

function anyValue(type: protobuf.Type, message: Decoded): unknown {
  const kind = message.value as string | undefined;
  const value = kind === undefined ? undefined : message[kind];
  switch (kind) {
    case 'stringValue':
      return Buffer.from(value as Uint8Array).toString('latin1');
    case 'bytesValue':
      return Uint8Array.from(value as Uint8Array);
    case 'intValue':
      return BigInt((value as Long).toString());
    case 'arrayValue':
      return { kind: 'array', ...fieldsOf(messageType(type.fields[kind]!)!, value as Decoded) };
    case 'kvlistValue': {
      const { values } = fieldsOf(messageType(type.fields[kind]!)!, value as Decoded);
      return { kind: 'kvlist', entries: (values as { entries: unknown }).entries };
    }
    case 'stringValueStrindex':
      return undefined;
    default:
      return value;
  }
}

function numberValue(message: Decoded): unknown {
  if (message.value === 'asInt') return BigInt((message.asInt as Long).toString());
  return message.value === 'asDouble' ? message.asDouble : undefined;
}

/** Returns an ID in hexadecimal. An ID of zeros is empty. */
function idText(id: Uint8Array | undefined): string {
  return id?.some((byte) => byte !== 0) ? Buffer.from(id).toString('hex') : '';
}

/** Returns a copy of pipeline data in which every text consists of its bytes, without the size of long attributes, which is not content. */
export function inByteStrings(data: unknown): unknown {
  if (typeof data === 'string') return toByteString(data);
  if (Array.isArray(data)) return data.map(inByteStrings);
  if (typeof data !== 'object' || data === null || data instanceof Uint8Array) return data;
  const content = Object.entries(data).filter(([key]) => key !== 'bytes' || !('entries' in data));
  return Object.fromEntries(content.map(([key, value]) => [key, inByteStrings(value)]));
}
