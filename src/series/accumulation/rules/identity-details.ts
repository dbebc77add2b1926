import { hashText, stableHash } from '#bytes/hash-text.ts';
import type { AnyValue, Attributes } from '#pdata/attributes.ts';

/** Bits of integers that need no object of their own. */
const smallInteger = 0x3fffffff;

let latestUnit = '';
let latestUnitHash = 0;

/** Returns a hash of the unit. It is part of an OTLP identity, and names do not always show it. */
export function unitHash(unit: string): number {
  if (unit !== latestUnit) {
    latestUnit = unit;
    latestUnitHash = unit === '' ? 0 : stableHash(unit) & smallInteger;
  }
  return latestUnitHash;
}

/** Returns a hash of the values that are not text: the number 1 and the text "1" are one label, but two streams. */
export function valueKinds({ entries }: Attributes): number {
  let hash = 0;
  // The order of attributes has no meaning.
  for (const { key, value } of entries)
    if (typeof value !== 'string') hash = (hash + hashText(key, kindOf(value))) & smallInteger;
  return hash;
}

function kindOf(value: Exclude<AnyValue, string>): number {
  switch (typeof value) {
    case 'undefined':
      return 1;
    case 'boolean':
      return 2;
    case 'bigint':
      return 3;
    case 'number':
      return 4;
    default:
      return value instanceof Uint8Array ? 5 : value.kind === 'array' ? 6 : 7;
  }
}
