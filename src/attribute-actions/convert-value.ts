import { parseGoFloat } from '#go/float.ts';
import { parseGoInteger, truncatedInteger } from '#go/integer.ts';
import type { AnyValue } from '#pdata/attributes.ts';
import { valueText } from '#pdata/value-text.ts';
import type { ConvertedType } from './action.ts';

/** Converts a value to another kind. Returns it unchanged if that is not possible. */
export function convertValue(value: AnyValue, to: ConvertedType): AnyValue {
  switch (to) {
    case 'string':
      return valueText(value);
    case 'int':
      return toInt(value);
    case 'double':
      return toDouble(value);
  }
}

function toInt(value: AnyValue): AnyValue {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') return truncatedInteger(value);
  return typeof value === 'string' ? (parseGoInteger(value) ?? value) : value;
}

function toDouble(value: AnyValue): AnyValue {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string') return value;
  return parseGoFloat(value) ?? value;
}
