import type { AnyValue } from '../attributes.ts';
import { parseGoFloat } from '../go-float.ts';
import { valueText } from '../value-text.ts';
import type { ConvertedType } from './action.ts';

const lowestInt = -(2n ** 63n);
const highestInt = 2n ** 63n - 1n;

/** The value as another kind; what can't be converted stays as it is. */
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
  if (typeof value === 'number') return truncated(value);
  if (typeof value !== 'string' || !/^[+-]?[0-9]+$/.test(value)) return value;
  const int = BigInt(value.replace(/^\+/, ''));
  return int < lowestInt || int > highestInt ? value : int;
}

/** Cut to a whole number; what 64 bits can't hold, and NaN, is the lowest number, as on the collector's processors. */
function truncated(value: number): bigint {
  if (!Number.isFinite(value)) return lowestInt;
  const int = BigInt(Math.trunc(value));
  return int < lowestInt || int > highestInt ? lowestInt : int;
}

function toDouble(value: AnyValue): AnyValue {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string') return value;
  return parseGoFloat(value) ?? value;
}
