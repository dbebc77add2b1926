import type { Attributes } from '#pdata/attributes.ts';
import { valueText } from '#pdata/value-text.ts';

/** Attributes that can contain a routing attribute, in order of precedence, or a function for other fields. */
export type KeySource = Attributes | ((name: string) => string | undefined);

/**
 * Returns the routing key of the listed attributes, in the Collector's form: `name=value|`, and `name=|` if no source
 * has it. The attributes that a first source has come first: the Collector writes the parts source by source.
 */
export function attributeKey(names: readonly string[], sources: readonly KeySource[]): string {
  let key = '';
  let left = names;
  sources.forEach((source, index) => {
    const isLast = index === sources.length - 1;
    left = left.filter((name) => {
      const value = valueIn(source, name) ?? (isLast ? '' : undefined);
      if (value === undefined) return true;
      key += part(name, value);
      return false;
    });
  });
  return key;
}

/** Same as {@link attributeKey}, in the order of the names. */
export function attributeKeyInOrder(names: readonly string[], sources: readonly KeySource[]): string {
  return names.map((name) => part(name, firstValue(sources, name) ?? '')).join('');
}

function part(name: string, value: string): string {
  return `${name}=${value}|`;
}

function firstValue(sources: readonly KeySource[], name: string): string | undefined {
  for (const source of sources) {
    const value = valueIn(source, name);
    if (value !== undefined) return value;
  }
  return undefined;
}

/** Returns the text that a source has for a name. */
export function valueIn(source: KeySource, name: string): string | undefined {
  if (typeof source === 'function') return source(name);
  const entry = source.entries.find(({ key }) => key === name);
  return entry && valueText(entry.value);
}

/** Returns the text of an attribute if its value is a text, otherwise `''`. */
export function textOf({ entries }: Attributes, name: string): string {
  const value = entries.find(({ key }) => key === name)?.value;
  return typeof value === 'string' ? value : '';
}
