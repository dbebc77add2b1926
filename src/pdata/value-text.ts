import { toByteString } from '#bytes/utf8.ts';
import type { AnyValue, KeyValue } from './attributes.ts';

/** A value inside a map or slice that JSON cannot represent. The whole text becomes empty. */
class NotJson extends Error {}

/**
 * Returns the text of an attribute value in labels and debug output
 * (docs/reference/collector-behaviour.md#attribute-values-as-text): empty for no value, decimal integers, doubles as in JavaScript,
 * base64 for bytes, and compact JSON for maps and slices.
 */
export function valueText(value: AnyValue): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'number':
      return numberText(value);
    case 'undefined':
      return '';
  }
  if (value instanceof Uint8Array) return base64(value);
  try {
    return json(value);
  } catch (error) {
    if (error instanceof NotJson) return '';
    throw error;
  }
}

function json(value: AnyValue): string {
  switch (typeof value) {
    case 'string':
      return jsonString(value);
    case 'boolean':
    case 'bigint':
      return String(value);
    case 'number':
      if (!Number.isFinite(value)) throw new NotJson();
      return numberText(value);
    case 'undefined':
      return 'null';
  }
  // The Collector copies bytes into a list that stays nil if there are none, and Go encodes nil as null.
  if (value instanceof Uint8Array) return value.length === 0 ? 'null' : `"${base64(value)}"`;
  if (value.kind === 'array') return `[${value.values.map(json).join(',')}]`;
  return `{${lastOfEachKey(value.entries)
    .map(([, entry]) => `${jsonString(entry.key)}:${json(entry.value)}`)
    .join(',')}}`;
}

/** Returns the last entry of each key, sorted bytewise by key. */
function lastOfEachKey(entries: readonly KeyValue[]): [string, KeyValue][] {
  const last = new Map(entries.map((entry) => [toByteString(entry.key), entry]));
  return [...last].sort(([a], [b]) => (a < b ? -1 : 1));
}

function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

const needsEscape = /["\\\u0000-\u001f\u2028\u2029\ud800-\udfff]/u;
const escapes = /["\\\u0000-\u001f\u2028\u2029]|\p{Surrogate}/gu;
const short: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** Encodes a string like Go's encoding/json without HTML escaping: bytes that are not UTF-8 become `\ufffd`. */
function jsonString(text: string): string {
  if (!needsEscape.test(text)) return `"${text}"`;
  const escaped = text.replace(escapes, (character) => {
    const code = character.charCodeAt(0);
    return short[character] ?? `\\u${(code >= 0xd800 && code <= 0xdfff ? 0xfffd : code).toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}
