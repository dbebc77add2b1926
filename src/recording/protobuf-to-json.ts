import { wireType } from '#bytes/protobuf-writer.ts';
import { type Field, isScalar, type Message } from '#pdata/json/message-schema.ts';
import { logsRequest, metricsRequest, tracesRequest } from '#pdata/json/otlp-messages.ts';
import * as is from '#pdata/json/scalar-fields.ts';
import { wrongWireType } from '#pdata/protobuf/decode-error.ts';
import { WireReader } from '#pdata/protobuf/wire-reader.ts';
import type { SignalPath } from './signals.ts';
import { malformedBody } from './visit-fields.ts';

const requests: Readonly<Record<SignalPath, Message>> = {
  '/v1/metrics': metricsRequest,
  '/v1/traces': tracesRequest,
  '/v1/logs': logsRequest,
};

/**
 * Converts an export request from protobuf to OTLP JSON on one line. Fields keep their order, so that pitot converts the line to the same
 * bytes again. Unknown fields are left out.
 * @throws Error if the message is malformed
 */
export function protobufToJson(path: SignalPath, body: Buffer): string {
  try {
    return JSON.stringify(messageJson(new WireReader(body), requests[path], body.length));
  } catch (error) {
    throw malformedBody(error);
  }
}

/** `JSON.stringify` writes `0` for -0. The types of TypeScript lack rawJSON. */
const negativeZero: unknown = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON('-0');

/** Fields by number, with their names in camelCase. */
const byNumber = new WeakMap<Message, ReadonlyMap<number, readonly [name: string, field: Field]>>();

function fieldsOf(message: Message): ReadonlyMap<number, readonly [name: string, field: Field]> {
  let fields = byNumber.get(message);
  if (fields === undefined) {
    const camelCase = [...message].filter(([name]) => !name.includes('_'));
    fields = new Map(camelCase.map(([name, field]) => [field.number, [name, field] as const]));
    byNumber.set(message, fields);
  }
  return fields;
}

function messageJson(reader: WireReader, message: Message, end: number): Record<string, unknown> {
  const known = fieldsOf(message);
  const result: Record<string, unknown> = {};
  while (reader.position < end) {
    const tag = reader.tag(end);
    const found = known.get(Math.floor(tag / 8));
    if (found === undefined) reader.skip(tag, end, {});
    else addField(result, found, { reader, type: tag % 8, end });
  }
  return result;
}

/** The value of a field: its wire type, and the end of the message around it. */
interface Place {
  readonly reader: WireReader;
  readonly type: number;
  readonly end: number;
}

function addField(result: Record<string, unknown>, [name, field]: readonly [string, Field], place: Place): void {
  const { reader, type, end } = place;
  const { content, isRepeated } = field;
  if (isRepeated) result[name] ??= [];
  const add = (value: unknown) => {
    if (isRepeated) (result[name] as unknown[]).push(value);
    else result[name] = value;
  };
  if (!isScalar(content)) {
    if (type !== wireType.bytes) throw wrongWireType(type, name);
    add(messageJson(reader, content, reader.lengthEnd(end)));
  } else if (type === wireType.bytes && content.wireType !== wireType.bytes) {
    const packedEnd = reader.lengthEnd(end);
    while (reader.position < packedEnd) add(scalarJson(content, { reader, type: content.wireType, end: packedEnd }));
  } else if (type === content.wireType) add(scalarJson(content, place));
  else throw wrongWireType(type, name);
}

function scalarJson(scalar: is.Scalar, { reader, type, end }: Place): unknown {
  switch (type) {
    case wireType.varint:
      return varintJson(scalar, reader.varint64(end));
    case wireType.bytes: {
      const bytesEnd = reader.lengthEnd(end);
      const bytes = reader.bytes.subarray(reader.position, bytesEnd);
      reader.position = bytesEnd;
      if (scalar === is.string) return bytes.toString('utf8');
      return bytes.toString(scalar === is.base64 ? 'base64' : 'hex');
    }
    case wireType.fixed32:
      return reader.fixed32(end);
    default:
      return fixed64Json(scalar, reader, end);
  }
}

function fixed64Json(scalar: is.Scalar, reader: WireReader, end: number): unknown {
  if (scalar === is.sfixed64) return String(reader.sfixed64Exact(end));
  if (scalar === is.fixed64) return String(reader.fixed64Exact(end));
  const value = reader.double(end);
  if (!Number.isFinite(value)) return String(value);
  return Object.is(value, -0) ? negativeZero : value;
}

function varintJson(scalar: is.Scalar, value: bigint): unknown {
  if (scalar === is.bool) return value !== 0n;
  if (scalar === is.int64) return String(BigInt.asIntN(64, value));
  if (scalar === is.uint64) return String(value);
  if (scalar === is.sint32) return Number(value % 2n === 0n ? value / 2n : -(value + 1n) / 2n);
  // 32-bit integers, and enums by their number.
  return Number(BigInt.asIntN(64, value));
}
