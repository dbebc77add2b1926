import { encodeUtf8 } from '#bytes/utf8.ts';
import { OttlError, OttlParseError } from '../ottl-error.ts';
import {
  any,
  boolLike,
  doubleLike,
  intLike,
  isBool,
  isDouble,
  isInt,
  isMapOf,
  isText,
  listOfEach,
  textLike,
} from '../parameters.ts';
import { goType, isArray, isId, isItems, isMap, isSlice, isTime, type OttlValue } from '../value.ts';
import { type Converters, convert, converter } from './define.ts';

/** Go's zero time, year 1, in nanoseconds since the epoch. */
const zeroTime = -62_135_596_800_000_000_000n;

function isEmpty(value: OttlValue): boolean {
  if (value === undefined || value === '' || value === false || value === 0n || value === 0) return true;
  if (value instanceof Uint8Array) return value.length === 0;
  if (isMap(value)) return value.entries.length === 0;
  if (isArray(value) || isSlice(value)) return value.values.length === 0;
  if (isTime(value)) return value.nanoseconds === (value.kind === 'time' ? zeroTime : 0n);
  return isId(value) && value.hex === '';
}

function lengthOf(value: OttlValue): bigint {
  if (typeof value === 'string') return BigInt(encodeUtf8(value).length);
  if (value instanceof Uint8Array) return BigInt(value.length);
  if (isArray(value) || isSlice(value)) return BigInt(value.values.length);
  if (isMap(value)) return BigInt(value.entries.length);
  if (isItems(value) && isSliceType(value.type)) return BigInt(value.items.length);
  throw new OttlError(`Len: unsupported target type ${goType(value)}. The target must be a string, a list or a map`);
}

function isSliceType(type: string): boolean {
  return type.endsWith('Slice');
}

/** Converters from one type to another, and tests of types. */
export const typeConverters: Converters = {
  Bool: convert('target', boolLike, (value) => value),
  Double: convert('target', doubleLike, (value) => value),
  Int: convert('target', intLike, (value) => value),
  String: convert('target', textLike, (value) => value),
  IsBool: convert('target', isBool, (value) => value),
  IsDouble: convert('target', isDouble, (value) => value),
  IsInt: convert('target', isInt, (value) => value),
  IsString: convert('target', isText, (value) => value),
  IsMap: convert('target', isMapOf, (value) => value),
  IsList: convert(
    'target',
    any,
    (value) =>
      isArray(value) || (isSlice(value) && value.element !== 'uint64') || (isItems(value) && isSliceType(value.type)),
  ),
  IsEmpty: convert('target', any, isEmpty),
  Len: convert('target', any, lengthOf),
  Coalesce: converter({ values: listOfEach(any) }, ({ values }) => {
    if (values.length === 0) throw new OttlParseError('Coalesce requires at least one argument');
    return (context) => {
      for (const get of values) {
        const value = get(context);
        if (value !== undefined) return value;
      }
      return undefined;
    };
  }),
  Log: convert('target', doubleLike, (value) => {
    if (value === undefined) throw new OttlError('invalid input: <nil>');
    if (value <= 0) throw new OttlError(`invalid input: expected number greater than zero but got ${value}`);
    return Math.log(value);
  }),
};
