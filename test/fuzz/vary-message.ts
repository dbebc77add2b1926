import type protobuf from 'protobufjs';
import { messageType } from './otlp-schema.ts';
import type { Random } from './random.ts';
import { fieldsOf, type WireField, writtenField } from './wire-fields.ts';

/**
 * Returns a message with small differences, like the next request of a client: some elements of lists, such as attributes, are removed,
 * repeated, or swapped with the previous one, and some fields are removed.
 */
export function variedMessage(type: protobuf.Type, bytes: Uint8Array, random: Random): Buffer {
  const fields: WireField[] = [];
  for (const wire of fieldsOf(bytes)) {
    const field = type.fieldsById[wire.number]!;
    const message = messageType(field);
    const one = message === undefined ? wire : { ...wire, content: variedMessage(message, wire.content, random) };
    if (!random.oneIn(12)) fields.push(one);
    else if (field.repeated && random.oneIn(2)) fields.push(one, one);
    else if (field.repeated && fields.at(-1)?.number === wire.number) fields.splice(-1, 0, one);
  }
  return Buffer.concat(fields.map((field) => writtenField(field)));
}
