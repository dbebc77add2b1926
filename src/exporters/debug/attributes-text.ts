import { type ByteString, toByteString } from '#bytes/utf8.ts';
import { Memo } from '#cache/memo.ts';
import type { AnyValue, Attributes } from '#pdata/attributes.ts';
import { flat, valueBytes } from './text.ts';

/** Maximum number of cached characters for the attributes of data points, spans, and records. */
const rememberedCharacters = 16 * 1024 * 1024;

function kindName(value: AnyValue): string {
  switch (typeof value) {
    case 'string':
      return 'Str';
    case 'bigint':
      return 'Int';
    case 'number':
      return 'Double';
    case 'boolean':
      return 'Bool';
    case 'undefined':
      return 'Empty';
  }
  if (value instanceof Uint8Array) return 'Bytes';
  return value.kind === 'kvlist' ? 'Map' : 'Slice';
}

/** Returns a value in the detailed layout: `Str(text)`, `Int(1)` … */
export function kindAndValue(value: AnyValue): ByteString {
  return `${kindName(value)}(${valueBytes(value)})`;
}

/** Returns the attributes in the detailed layout: a heading and one line for each, or `''` if there are none. */
export function attributesBlock(attributes: Attributes, heading: string, indent = '     -> '): ByteString {
  if (attributes.entries.length === 0) return '';
  let text = `${heading}\n`;
  for (const { key, value } of attributes.entries) text += `${indent}${toByteString(key)}: ${kindAndValue(value)}\n`;
  return flat(text);
}

/** {@link attributesBlock} with one heading, cached by reference. */
export class AttributesBlocks {
  readonly #memo = new Memo<Attributes, ByteString>(rememberedCharacters, (text) => text.length);
  readonly #heading: string;

  constructor(heading: string) {
    this.#heading = heading;
  }

  of(attributes: Attributes): ByteString {
    return this.#memo.get(attributes) ?? this.#memo.set(attributes, attributesBlock(attributes, this.#heading));
  }
}

/** Returns the attributes in the normal layout: `k=v` pairs. */
export function attributePairs(attributes: Attributes, separator: string): ByteString {
  return attributes.entries.map(({ key, value }) => `${toByteString(key)}=${valueBytes(value)}`).join(separator);
}

/** {@link attributePairs} with one separator, cached by reference. */
export class AttributePairs {
  readonly #memo = new Memo<Attributes, ByteString>(rememberedCharacters, (text) => text.length);
  readonly #separator: string;

  constructor(separator: string) {
    this.#separator = separator;
  }

  of(attributes: Attributes): ByteString {
    return this.#memo.get(attributes) ?? this.#memo.set(attributes, attributePairs(attributes, this.#separator));
  }
}
