import fc from 'fast-check';
import type protobuf from 'protobufjs';
import { idBytes, messageType, oneofOf } from './otlp-schema.ts';

/** Message in the form of protobufjs, with fields in camelCase. */
export type Message = Readonly<Record<string, unknown>>;

/** Maximum nesting of maps and lists. */
const maxDepth = 4;

const int32 = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.integer());
const uint32 = fc.oneof(fc.nat(3), fc.integer({ min: 0, max: 2 ** 32 - 1 }));
const long = (min: bigint, max: bigint) =>
  fc.oneof(fc.bigInt({ min: min < 0n ? -2n : 0n, max: 300n }), fc.bigInt({ min, max })).map(String);
const signed = long(-(2n ** 63n), 2n ** 63n - 1n);
const unsigned = long(0n, 2n ** 64n - 1n);
const double = fc.oneof(fc.constantFrom(0, -0, 0.5, 1, Number.NaN, Number.POSITIVE_INFINITY), fc.double());
/** A small number of texts, so that they repeat. Some are not valid UTF-8. */
const text = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('', 'a', 'b.c', 'état', 'x'.repeat(70)).map(Buffer.from) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)) },
);

const scalars: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  bool: fc.boolean(),
  bytes: text,
  double,
  int32,
  sint32: int32,
  uint32,
  fixed32: uint32,
  int64: signed,
  sfixed64: signed,
  uint64: unsigned,
  fixed64: unsigned,
};
const holders = new Set([
  'resourceMetrics',
  'scopeMetrics',
  'metrics',
  'dataPoints',
  'resourceSpans',
  'scopeSpans',
  'spans',
  'resourceLogs',
  'scopeLogs',
  'logRecords',
]);
const made = new Map<string, fc.Arbitrary<Message>>();

/**
 * Returns arbitrary messages of a type. Fields can be absent, lists are short, and a one-of has at most one field. 64-bit numbers are
 * decimal text.
 */
export function messageOf(type: protobuf.Type, depth = 0): fc.Arbitrary<Message> {
  const key = `${type.fullName} ${depth}`;
  const known = made.get(key) ?? build(type, depth);
  made.set(key, known);
  return known;
}

function build(type: protobuf.Type, depth: number): fc.Arbitrary<Message> {
  const plain: Record<string, fc.Arbitrary<unknown>> = {};
  const choices = new Map<string, fc.Arbitrary<Message>[]>();
  for (const field of type.fieldsArray) {
    const value = arbitraryOf(field, depth);
    if (value === undefined) continue;
    const oneof = oneofOf(field);
    if (oneof === undefined) plain[field.name] = field.repeated ? listOf(field, value) : value;
    else choices.set(oneof.name, [...(choices.get(oneof.name) ?? []), value.map((one) => ({ [field.name]: one }))]);
  }
  const parts = [...choices.values()].map((members) =>
    fc.oneof({ weight: 1, arbitrary: fc.constant({}) }, { weight: 6, arbitrary: fc.oneof(...members) }),
  );
  // Fields that contain everything else are rarely absent, because most messages would be empty otherwise.
  const requiredKeys = Object.keys(plain).filter((name) => holders.has(name));
  return fc.tuple(fc.record(plain, { requiredKeys }), ...parts).map((all) => Object.assign({}, ...all));
}

/** Returns arbitrary lists. Lists of attributes, which are interned, and of numbers are longer than others. */
function listOf(field: protobuf.Field, value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown[]> {
  const message = messageType(field);
  return fc.array(value, { maxLength: message === undefined || message.name === 'KeyValue' ? 3 : 2 });
}

function arbitraryOf(field: protobuf.Field, depth: number): fc.Arbitrary<unknown> | undefined {
  const bytes = idBytes(field);
  if (bytes !== undefined) {
    const id = fc.uint8Array({ minLength: bytes, maxLength: bytes });
    return fc.oneof(fc.constantFrom(new Uint8Array(), new Uint8Array(bytes)), id).map((one) => Buffer.from(one));
  }
  const message = messageType(field);
  if (message === undefined) return scalars[field.resolvedType ? 'int32' : field.type];
  const isValue = message.name === 'ArrayValue' || message.name === 'KeyValueList';
  return isValue && depth >= maxDepth ? undefined : messageOf(message, isValue ? depth + 1 : depth);
}
