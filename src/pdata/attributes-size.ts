import type { Attributes } from './attributes.ts';
import { valueText } from './value-text.ts';

/** Cost of an attribute in addition to its texts. */
const overhead = 32;

/** Approximate size of attributes in characters, as the weight of what keeps them in memory. */
export function attributesSize({ entries }: Attributes): number {
  let size = overhead;
  for (const { key, value } of entries) {
    size += overhead + key.length;
    if (typeof value === 'string') size += value.length;
    else if (typeof value === 'object') size += valueText(value).length;
  }
  return size;
}
