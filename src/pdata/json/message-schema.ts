import { type Scalar, wireType } from './scalar-fields.ts';

/** A message as far as JSON needs it: its fields by their names in JSON, in camelCase and in snake_case. */
export type Message = ReadonlyMap<string, Field>;

/** What is under one name. */
export interface Field {
  readonly number: number;
  readonly wireType: number;
  /** Whether JSON has a list. */
  readonly isRepeated: boolean;
  readonly content: Scalar | Message;
}

/** A field as schemas declare it. */
export type Declaration = readonly [number: number, content: Scalar | Message, isRepeated?: 'repeated'];

/** A message of these fields, named in camelCase. */
export function message(fields: Readonly<Record<string, Declaration>>): Message {
  return addFields(new Map(), fields);
}

/** For messages that contain themselves: declares fields of a message that others refer to already. */
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

/** Whether it is a scalar, not a message. */
export function isScalar(content: Scalar | Message): content is Scalar {
  return 'transcode' in content;
}
