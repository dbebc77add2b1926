import type protobuf from 'protobufjs';
import { messageType } from './otlp-schema.ts';
import type { Random } from './random.ts';
import { fieldsOf, type WireField, writtenField } from './wire-fields.ts';

/**
 * A message that differs a little from the given one, as a sender's next request does: here and there an element of a list, such as
 * an attribute, is left out, comes twice or changes places with the one before, or a field is left out.
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
