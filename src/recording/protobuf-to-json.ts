import { type Field, isScalar, type Message } from '#pdata/json/message-schema.ts';
import { logsRequest, metricsRequest, tracesRequest } from '#pdata/json/otlp-messages.ts';
import * as is from '#pdata/json/scalar-fields.ts';
import type { SignalPath } from './signals.ts';

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
  return JSON.stringify(new MessageReader(body).message(requests[path], body.length));
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

class MessageReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  message(message: Message, end: number): Record<string, unknown> {
    const known = fieldsOf(message);
    const result: Record<string, unknown> = {};
    while (this.#at < end) {
      const tag = this.#number();
      const found = known.get(Math.floor(tag / 8));
      if (found === undefined) this.#skip(tag % 8);
      else this.#field(result, found, tag % 8);
    }
    if (this.#at > end) throw malformed(this.#at);
    return result;
  }

  #field(result: Record<string, unknown>, [name, field]: readonly [string, Field], wireType: number): void {
    const { content, isRepeated } = field;
    if (isRepeated) result[name] ??= [];
    const add = (value: unknown) => {
      if (isRepeated) (result[name] as unknown[]).push(value);
      else result[name] = value;
    };
    if (!isScalar(content)) {
      const end = this.#end(wireType);
      add(this.message(content, end));
    } else if (wireType === is.wireType.bytes && content.wireType !== is.wireType.bytes) {
      const end = this.#end(wireType);
      while (this.#at < end) add(this.#scalar(content, content.wireType));
    } else add(this.#scalar(content, wireType));
  }

  #scalar(scalar: is.Scalar, wireType: number): unknown {
    if (wireType !== scalar.wireType) throw malformed(this.#at);
    switch (wireType) {
      case is.wireType.varint:
        return varintJson(scalar, this.#varint());
      case is.wireType.bytes: {
        const end = this.#end(wireType);
        const bytes = this.#bytes.subarray(this.#at, end);
        this.#at = end;
        if (scalar === is.string) return bytes.toString('utf8');
        return bytes.toString(scalar === is.base64 ? 'base64' : 'hex');
      }
      default:
        return this.#fixed(scalar);
    }
  }

  #fixed(scalar: is.Scalar): unknown {
    const start = this.#at;
    this.#at += scalar.wireType === is.wireType.fixed32 ? 4 : 8;
    if (this.#at > this.#bytes.length) throw malformed(start);
    if (scalar.wireType === is.wireType.fixed32) return this.#bytes.readUInt32LE(start);
    if (scalar === is.sfixed64) return String(this.#bytes.readBigInt64LE(start));
    if (scalar === is.fixed64) return String(this.#bytes.readBigUInt64LE(start));
    const value = this.#bytes.readDoubleLE(start);
    if (!Number.isFinite(value)) return String(value);
    return Object.is(value, -0) ? negativeZero : value;
  }

  /** Reads a tag or a length. */
  #number(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined || factor > 2 ** 49) throw malformed(this.#at);
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  #varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw malformed(this.#at);
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    throw malformed(this.#at);
  }

  /** Reads a length, and returns where its content ends. */
  #end(wireType: number): number {
    if (wireType !== is.wireType.bytes) throw malformed(this.#at);
    const length = this.#number();
    if (length > this.#bytes.length - this.#at) throw malformed(this.#at);
    return this.#at + length;
  }

  #skip(wireType: number): void {
    if (wireType === is.wireType.varint) this.#varint();
    else if (wireType === is.wireType.bytes) this.#at = this.#end(wireType);
    else if (wireType === is.wireType.fixed64) this.#at += 8;
    else if (wireType === is.wireType.fixed32) this.#at += 4;
    else throw malformed(this.#at);
  }
}

function varintJson(scalar: is.Scalar, value: bigint): unknown {
  if (scalar === is.bool) return value !== 0n;
  if (scalar === is.int64) return String(BigInt.asIntN(64, value));
  if (scalar === is.uint64) return String(value);
  if (scalar === is.sint32) return Number(value % 2n === 0n ? value / 2n : -(value + 1n) / 2n);
  // 32-bit integers, and enums by their number.
  return Number(BigInt.asIntN(64, value));
}

const malformed = (position: number) => new Error(`malformed protobuf body at byte ${position}`);
