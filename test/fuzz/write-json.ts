import type protobuf from 'protobufjs';
import type { Message } from './arbitrary-message.ts';
import { idBytes, messageType } from './otlp-schema.ts';
import type { Random } from './random.ts';

/**
 * Returns a message in OTLP's JSON in one of the forms that the Collector accepts: keys in camelCase or snake_case and in any order, numbers
 * with or without quotes, enums by name or number, unknown fields, blanks, and escapes. Texts are written byte by byte, also if they are
 * not valid UTF-8.
 */
export function writtenJson(type: protobuf.Type, message: Message, random: Random): Buffer {
  return Buffer.from(objectText(type, message, random), 'latin1');
}

const blanks = ['', '', '', ' ', '\n', '\t', '\r', '  '];
const unknown = [
  '1',
  '-2.5e3',
  'null',
  'true',
  '"}"',
  '[1,{"a":[]}]',
  '{"b":{"c":"\\""}}',
  '123456789012345678901234567890',
];
const escapes: Readonly<Record<number, string>> = {
  8: '\\b',
  9: '\\t',
  10: '\\n',
  12: '\\f',
  13: '\\r',
  34: '\\"',
  92: '\\\\',
};

function objectText(type: protobuf.Type, message: Message, random: Random): string {
  const blank = () => blanks[random.below(blanks.length)]!;
  const entries = Object.entries(message).map(([name, value]) => {
    const field = type.fields[name]!;
    const key = random.oneIn(4) ? name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : name;
    return `"${key}"${blank()}:${blank()}${fieldText(field, value, random)}`;
  });
  if (random.oneIn(3)) entries.push(`"unknownField":${unknown[random.below(unknown.length)]!}`);
  return `{${blank()}${random.shuffled(entries).join(`${blank()},${blank()}`)}${blank()}}`;
}

function fieldText(field: protobuf.Field, value: unknown, random: Random): string {
  if (!field.repeated) return valueText(field, value, random);
  const values = value as unknown[];
  if (values.length === 0) return random.oneIn(2) ? 'null' : '[ ]';
  return `[${values.map((one) => valueText(field, one, random)).join(random.oneIn(3) ? ' , ' : ',')}]`;
}

function valueText(field: protobuf.Field, value: unknown, random: Random): string {
  const message = messageType(field);
  if (message !== undefined) return objectText(message, value as Message, random);
  if (field.type === 'bytes') return bytesText(field, value as Buffer, random);
  if (field.type === 'double') return doubleText(value as number, random);
  if (field.type === 'bool') return String(value);
  if (field.resolvedType) return enumText(field.resolvedType as protobuf.Enum, value as number, random);
  return random.oneIn(2) ? `"${value}"` : String(value);
}

function enumText({ valuesById }: protobuf.Enum, value: number, random: Random): string {
  const name = valuesById[value];
  return name !== undefined && random.oneIn(2) ? `"${name}"` : String(value);
}

function doubleText(value: number, random: Random): string {
  if (Number.isNaN(value)) return '"NaN"';
  const text = Object.is(value, -0) ? '-0' : String(value).replace('Infinity', random.oneIn(2) ? 'Inf' : 'Infinity');
  return !Number.isFinite(value) || random.oneIn(3) ? `"${text}"` : text.replace('e+', random.oneIn(2) ? 'E' : 'e+');
}

function bytesText(field: protobuf.Field, value: Buffer, random: Random): string {
  if (idBytes(field) !== undefined)
    return `"${random.oneIn(2) ? value.toString('hex') : value.toString('hex').toUpperCase()}"`;
  if (field.name === 'bytesValue') return `"${value.toString('base64')}"`;
  if (value.length === 0 && random.oneIn(2)) return 'null';
  return `"${[...value].map((byte) => byteText(byte, random)).join('')}"`;
}

/** Returns a byte of a text, escaped if required. Sometimes also escapes an ASCII byte unnecessarily. */
function byteText(byte: number, random: Random): string {
  const short = escapes[byte];
  if (short !== undefined && random.oneIn(2)) return short;
  if (short !== undefined || byte < 0x20 || (byte < 0x80 && random.oneIn(20))) {
    return `\\u00${byte.toString(16).padStart(2, '0')}`;
  }
  return byte === 0x2f && random.oneIn(2) ? '\\/' : String.fromCharCode(byte);
}
