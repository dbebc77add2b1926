import { wireType } from '#bytes/protobuf-writer.ts';
import type { Scalar } from './scalar-fields.ts';

/** Properties of a message that JSON needs: its fields by JSON name, in camelCase and in snake_case. */
export type Message = ReadonlyMap<string, Field>;

/** A field of a message. */
export interface Field {
  readonly number: number;
  readonly wireType: number;
  /** Whether the field is a list in JSON. */
  readonly isRepeated: boolean;
  readonly content: Scalar | Message;
}

/** A field as schemas declare it. */
export type Declaration = readonly [number: number, content: Scalar | Message, isRepeated?: 'repeated'];

/** Returns a message with these fields, named in camelCase. */
export function message(fields: Readonly<Record<string, Declaration>>): Message {
  return addFields(new Map(), fields);
}

/** Adds fields to a message that others already refer to. Needed for messages that contain themselves. */
export function addFields(target: Map<string, Field>, fields: Readonly<Record<string, Declaration>>): Message {
  for (const [name, [number, content, repeated]] of Object.entries(fields)) {
    const isRepeated = repeated !== undefined;
    const isPacked = isRepeated && isScalar(content) && content.wireType !== wireType.bytes;
    const written = isScalar(content) && !isPacked ? content.wireType : wireType.bytes;
    const field = { number, wireType: written, isRepeated, content };
    target.set(name, field);
    target.set(
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      field,
    );
  }
  return target;
}

/** Whether the content is a scalar and not a message. */
export function isScalar(content: Scalar | Message): content is Scalar {
  return 'transcode' in content;
}
