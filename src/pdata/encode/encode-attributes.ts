import { type ProtobufWriter, wireType } from '#bytes/protobuf-writer.ts';
import type { AnyValue, Attributes, KeyValue } from '../attributes.ts';
import type { EntityRef, InstrumentationScope, Resource } from '../metrics.ts';

/** Writes a text unless it is empty. */
export function writeText(writer: ProtobufWriter, field: number, text: string): void {
  if (text === '') return;
  writer.tag(field, wireType.bytes);
  writer.text(text);
}

/** Writes a whole number from 0 to 2^53 unless it is 0. */
export function writeNumber(writer: ProtobufWriter, field: number, value: number): void {
  if (value === 0) return;
  writer.tag(field, wireType.varint);
  writer.varint(value);
}

/** Writes an enumeration unless it is 0. Negative numbers are 64-bit two's complement, same as every int32. */
export function writeEnum(writer: ProtobufWriter, field: number, value: number): void {
  if (value === 0) return;
  writer.tag(field, wireType.varint);
  if (value < 0) writer.varint64(BigInt(value));
  else writer.varint(value);
}

/** Writes a time unless it is 0. */
export function writeTime(writer: ProtobufWriter, field: number, time: bigint): void {
  if (time === 0n) return;
  writer.tag(field, wireType.fixed64);
  writer.fixed64(time);
}

/** Writes an ID in hexadecimal unless it is empty. */
export function writeId(writer: ProtobufWriter, field: number, id: string): void {
  if (id === '') return;
  writer.tag(field, wireType.bytes);
  writer.bytes(Buffer.from(id, 'hex'));
}

/** Writes attributes as repeated KeyValue messages of a field. */
export function writeAttributes(writer: ProtobufWriter, field: number, { entries }: Attributes): void {
  for (const entry of entries) writeKeyValue(writer, field, entry);
}

/** message KeyValue { string key = 1; AnyValue value = 2; } */
function writeKeyValue(writer: ProtobufWriter, field: number, { key, value }: KeyValue): void {
  writer.tag(field, wireType.bytes);
  const start = writer.begin();
  writeText(writer, 1, key);
  writeAnyValue(writer, 2, value);
  writer.end(start);
}

/**
 * message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
 *   ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7; } }
 */
export function writeAnyValue(writer: ProtobufWriter, field: number, value: AnyValue): void {
  writer.tag(field, wireType.bytes);
  const start = writer.begin();
  switch (typeof value) {
    case 'string':
      writer.tag(1, wireType.bytes);
      writer.text(value);
      break;
    case 'boolean':
      writer.tag(2, wireType.varint);
      writer.varint(value ? 1 : 0);
      break;
    case 'bigint':
      writer.tag(3, wireType.varint);
      writer.varint64(value);
      break;
    case 'number':
      writer.tag(4, wireType.fixed64);
      writer.double(value);
      break;
    case 'object':
      writeNested(writer, value);
  }
  writer.end(start);
}

function writeNested(writer: ProtobufWriter, value: Exclude<AnyValue, string | boolean | bigint | number | undefined>) {
  if (value instanceof Uint8Array) {
    writer.tag(7, wireType.bytes);
    writer.bytes(Buffer.from(value.buffer, value.byteOffset, value.length));
    return;
  }
  writer.tag(value.kind === 'array' ? 5 : 6, wireType.bytes);
  const start = writer.begin();
  if (value.kind === 'array') for (const item of value.values) writeAnyValue(writer, 1, item);
  else for (const entry of value.entries) writeKeyValue(writer, 1, entry);
  writer.end(start);
}

/** message Resource { repeated KeyValue attributes = 1; uint32 dropped_attributes_count = 2; repeated EntityRef entity_refs = 3; } */
export function writeResource(writer: ProtobufWriter, field: number, resource: Resource): void {
  writer.tag(field, wireType.bytes);
  const start = writer.begin();
  writeAttributes(writer, 1, resource.attributes);
  writeNumber(writer, 2, resource.droppedAttributesCount);
  for (const entity of resource.entityRefs) writeEntity(writer, 3, entity);
  writer.end(start);
}

/** message EntityRef { string schema_url = 1; string type = 2; repeated string id_keys = 3; repeated string description_keys = 4; } */
function writeEntity(writer: ProtobufWriter, field: number, entity: EntityRef): void {
  writer.tag(field, wireType.bytes);
  const start = writer.begin();
  writeText(writer, 1, entity.schemaUrl);
  writeText(writer, 2, entity.type);
  for (const [keysField, keys] of [[3, entity.idKeys] as const, [4, entity.descriptionKeys] as const]) {
    for (const key of keys) {
      writer.tag(keysField, wireType.bytes);
      writer.text(key);
    }
  }
  writer.end(start);
}

/** message InstrumentationScope { string name = 1; string version = 2; repeated KeyValue attributes = 3; uint32 dropped_attributes_count = 4; } */
export function writeScope(writer: ProtobufWriter, field: number, scope: InstrumentationScope): void {
  writer.tag(field, wireType.bytes);
  const start = writer.begin();
  writeText(writer, 1, scope.name);
  writeText(writer, 2, scope.version);
  writeAttributes(writer, 3, scope.attributes);
  writeNumber(writer, 4, scope.droppedAttributesCount);
  writer.end(start);
}
