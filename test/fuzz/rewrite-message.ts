import protobuf from 'protobufjs';
import { idBytes, messageType, oneofOf } from './otlp-schema.ts';
import type { Random } from './random.ts';
import { fieldsOf, type WireField, writtenField } from './wire-fields.ts';

const unknownNumbers = [100, 333, 2047, 536870911];
const decoys: Readonly<Record<string, Omit<WireField, 'number'>>> = {
  bool: { wireType: 0, content: Buffer.from([1]) },
  int32: { wireType: 0, content: Buffer.from([7]) },
  int64: { wireType: 0, content: Buffer.from([8]) },
  uint32: { wireType: 0, content: Buffer.from([9]) },
  sint32: { wireType: 0, content: Buffer.from([10]) },
  fixed32: { wireType: 5, content: Buffer.alloc(4, 1) },
  double: { wireType: 1, content: Buffer.alloc(8, 2) },
  fixed64: { wireType: 1, content: Buffer.alloc(8, 3) },
  sfixed64: { wireType: 1, content: Buffer.alloc(8, 4) },
  bytes: { wireType: 2, content: Buffer.from('decoy') },
};

/**
 * Returns the same message in another form that protobuf allows: fields in another order, lists packed, unpacked, or divided, nested
 * messages in two parts, values that a later one replaces, unknown fields, and varints that are longer than necessary.
 */
export function rewrittenMessage(type: protobuf.Type, bytes: Uint8Array, random: Random): Buffer {
  // Fields with the same number or one-of keep their order.
  const fields: { readonly group: string; readonly wire: WireField }[] = [];
  for (const wire of fieldsOf(bytes)) {
    const field = type.fieldsById[wire.number]!;
    const group = oneofOf(field)?.name ?? field.name;
    for (const form of forms(field, wire, random)) fields.push({ group, wire: form });
  }
  for (let count = random.below(3); count > 0; count--) fields.push({ group: '', wire: unknownField(random) });
  const queues = Map.groupBy(fields, ({ group }) => group);
  const order = random.shuffled(fields).map(({ group }) => queues.get(group)!.shift()!);
  return Buffer.concat(order.map(({ wire }) => writtenField(wire, random)));
}

/** Returns one or more fields that are equivalent to `field`. */
function forms(field: protobuf.Field, wire: WireField, random: Random): WireField[] {
  const message = messageType(field);
  if (message !== undefined) {
    const content = rewrittenMessage(message, wire.content, random);
    const isMerged = !field.repeated && oneofOf(field) === undefined;
    if (!isMerged || !random.oneIn(4)) return [{ ...wire, content }];
    return halves(content, random).map((half) => ({ ...wire, content: half }));
  }
  if (field.repeated) return wire.wireType === 2 && field.type !== 'bytes' ? pieces(field, wire, random) : [wire];
  if (!random.oneIn(6)) return [wire];
  const oneof = oneofOf(field);
  const before = oneof?.fieldsArray[random.below(oneof.fieldsArray.length)] ?? field;
  return idBytes(before) === undefined ? [{ ...decoyOf(before), number: before.id }, wire] : [wire];
}

/** Returns a value of a field that a later one replaces. */
function decoyOf(field: protobuf.Field): Omit<WireField, 'number'> {
  if (messageType(field) !== undefined) return { wireType: 2, content: Buffer.alloc(0) };
  return decoys[field.resolvedType ? 'int32' : field.type]!;
}

/** Divides a message between two of its fields. */
function halves(content: Buffer, random: Random): [Buffer, Buffer] {
  const ends = [0, ...fieldsOf(content).map(({ end }) => end)];
  const at = ends[random.below(ends.length)]!;
  return [content.subarray(0, at), content.subarray(at)];
}

/** Divides a packed list into packed lists and single numbers. */
function pieces(field: protobuf.Field, wire: WireField, random: Random): WireField[] {
  const wireType = protobuf.types.packed[field.type as 'double']!;
  const numbers: Buffer[] = [];
  const reader = protobuf.Reader.create(wire.content);
  while (reader.pos < reader.len) {
    const start = reader.pos;
    reader.skipType(wireType);
    numbers.push(wire.content.subarray(start, reader.pos));
  }
  const found: WireField[] = random.oneIn(4) ? [{ ...wire, content: Buffer.alloc(0) }] : [];
  for (let at = 0; at < numbers.length; ) {
    const count = random.oneIn(2) ? numbers.length - at : 1 + random.below(numbers.length - at);
    if (count === 1 && random.oneIn(2)) found.push({ ...wire, wireType, content: numbers[at]! });
    else found.push({ ...wire, content: Buffer.concat(numbers.slice(at, at + count)) });
    at += count;
  }
  return found;
}

function unknownField(random: Random): WireField {
  const number = unknownNumbers[random.below(unknownNumbers.length)]!;
  const content = random.bytes(random.below(5));
  const fields = [
    { number, wireType: 0, content: Buffer.from([0x80 | random.below(128), random.below(128)]) },
    { number, wireType: 1, content: random.bytes(8) },
    { number, wireType: 2, content },
    { number, wireType: 5, content: random.bytes(4) },
  ];
  return fields[random.below(fields.length)]!;
}
