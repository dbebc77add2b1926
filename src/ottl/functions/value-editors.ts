import type { AnyValue } from '#pdata/attributes.ts';
import { listOf } from '../conversions.ts';
import { OttlError, OttlParseError } from '../ottl-error.ts';
import { any, int, listOfEach, optional, place } from '../parameters.ts';
import {
  goType,
  isArray,
  isId,
  isItems,
  isMap,
  isSlice,
  isTime,
  list,
  map,
  type OttlValue,
  storable,
} from '../value.ts';
import { type Editors, editor } from './define.ts';

/** Returns the empty value of another value's type. */
function emptied(value: OttlValue): OttlValue {
  switch (typeof value) {
    case 'undefined':
      return undefined;
    case 'string':
      return '';
    case 'boolean':
      return false;
    case 'bigint':
      return 0n;
    case 'number':
      return 0;
  }
  if (isMap(value)) return map([]);
  if (isArray(value)) return list([]);
  if (isId(value)) return { ...value, hex: '' };
  if (isTime(value)) return { kind: value.kind, nanoseconds: value.kind === 'time' ? zeroTime : 0n };
  if (isItems(value)) return { ...value, items: [] };
  return isSlice(value) ? { ...value, values: [] } : new Uint8Array();
}

/**
 * Converts an element of a list that grows.
 * @throws OttlError for a map or list of pipeline data, which the Collector cannot copy here either
 */
function element(value: OttlValue): AnyValue {
  if (isMap(value) || isArray(value)) throw new OttlError(`<Invalid value type ${goType(value)}>`);
  return storable(value);
}

/** Go's zero time, year 1. */
const zeroTime = -62_135_596_800_000_000_000n;

/** Editors of one value. */
export const valueEditors: Editors = {
  set: editor(
    { target: place, value: any },
    ({ target: { set }, value }) =>
      (context) =>
        set(context, value(context)),
  ),
  clear: editor(
    { target: place },
    ({ target: { get, set } }) =>
      (context) =>
        set(context, emptied(get(context))),
  ),
  append: editor(
    { target: place, value: optional(any), values: optional(listOfEach(any)) },
    ({ target, value, values }) => {
      if (!value && !values) {
        throw new OttlParseError("at least one of the optional arguments ('value' or 'values') must be provided");
      }
      const added = [...(value ? [value] : []), ...(values ?? [])];
      return (context) => {
        const found = target.get(context);
        const before = isArray(found) || isSlice(found) ? found.values : found === undefined ? [] : [found];
        const after = [...before, ...added.map((get) => get(context))];
        target.set(context, list(after.map(element)));
      };
    },
  ),
  delete_index: editor(
    { target: place, start_index: int, end_index: optional(int) },
    ({ target, start_index: startIndex, end_index: endIndex }) =>
      (context) => {
        const { values } = listOf(target.get(context));
        const start = startIndex(context);
        const end = endIndex?.(context) ?? start + 1n;
        target.set(context, list(withoutRange(values, start, end)));
      },
  ),
};

function withoutRange(values: readonly AnyValue[], start: bigint, end: bigint): readonly AnyValue[] {
  const length = BigInt(values.length);
  if (start === 0n && end === length) return [];
  if (start < 0n || start >= length)
    throw new OttlError(`startIndex ${start} out of bounds for slice of length ${length}`);
  if (end < start) throw new OttlError(`endIndex ${end} cannot be less than startIndex ${start}`);
  if (end > length) throw new OttlError(`deletion range [${start}:${end}] out of bounds for slice of length ${length}`);
  return [...values.slice(0, Number(start)), ...values.slice(Number(end))];
}
