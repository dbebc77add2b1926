import type { AnyValue, Attributes, KeyValue } from '../attributes.ts';
import type { InstrumentationScope, Resource } from '../metrics.ts';

/** A part of an OTLP message for `JSON.stringify`, which omits undefined fields: protobuf's JSON omits defaults. */
export type JsonPart = Readonly<Record<string, unknown>>;

/** Returns the text; undefined if it is empty. Bytes that are not UTF-8 become U+FFFD. */
export function text(value: string): string | undefined {
  return value === '' ? undefined : value.toWellFormed();
}

/** Returns a number of up to 32 bits; undefined for 0. */
export function small(value: number): number | undefined {
  return value === 0 ? undefined : value;
}

/** Returns a 64-bit number as text; undefined for 0. */
export function long(value: bigint | number): string | undefined {
  if (value === 0n || value === 0) return undefined;
  return typeof value === 'bigint' ? value.toString() : count(value);
}

/** Returns a count as text. Counts of 2^64 are the float64 of numbers close to the largest one, and become that. */
export function count(value: number): string {
  if (Number.isSafeInteger(value)) return String(value);
  return value >= 2 ** 64 ? '18446744073709551615' : BigInt(value).toString();
}

/** Returns a double, as a text if `JSON.stringify` would not write the number. */
export function double(value: number): number | string {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : String(value);
}

/** Returns a list; undefined if it is empty. */
export function list<Item, Part>(items: readonly Item[], part: (item: Item) => Part): Part[] | undefined {
  return items.length === 0 ? undefined : items.map(part);
}

/** Returns attributes in OTLP's JSON. Undefined if there are none. */
export function attributes({ entries }: Attributes): JsonPart[] | undefined {
  return list(entries, keyValue);
}

function keyValue({ key, value }: KeyValue): JsonPart {
  return { key: text(key), value: anyValue(value) };
}

/** Returns a value in OTLP's JSON. An empty value is an empty object. */
export function anyValue(value: AnyValue): JsonPart {
  switch (typeof value) {
    case 'string':
      return { stringValue: value.toWellFormed() };
    case 'boolean':
      return { boolValue: value };
    case 'bigint':
      return { intValue: value.toString() };
    case 'number':
      return { doubleValue: double(value) };
    case 'undefined':
      return {};
  }
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') };
  if (value.kind === 'array') return { arrayValue: { values: list(value.values, anyValue) } };
  return { kvlistValue: { values: list(value.entries, keyValue) } };
}

/** Returns a resource in OTLP's JSON. Empty fields are undefined. */
export function resource(value: Resource): JsonPart {
  return {
    attributes: attributes(value.attributes),
    droppedAttributesCount: small(value.droppedAttributesCount),
    entityRefs: list(value.entityRefs, ({ schemaUrl, type, idKeys, descriptionKeys }) => ({
      schemaUrl: text(schemaUrl),
      type: text(type),
      idKeys: list(idKeys, (key) => key.toWellFormed()),
      descriptionKeys: list(descriptionKeys, (key) => key.toWellFormed()),
    })),
  };
}

/** Returns a scope in OTLP's JSON. Empty fields are undefined. */
export function scope(value: InstrumentationScope): JsonPart {
  return {
    name: text(value.name),
    version: text(value.version),
    attributes: attributes(value.attributes),
    droppedAttributesCount: small(value.droppedAttributesCount),
  };
}
