import { toByteString } from '#bytes/utf8.ts';
import type { AnyValue, KeyValue, KeyValueList } from '#pdata/attributes.ts';
import { compares, equal } from '../compare.ts';
import * as convertTo from '../conversions.ts';
import { OttlError, OttlParseError } from '../ottl-error.ts';
import { any, listOf, literalBool, literalText, literalTexts, mapOf, optional } from '../parameters.ts';
import { goType, isArray, isMap, isSlice, list, map, type OttlValue, slice, storable } from '../value.ts';
import { type Converters, convert, converter } from './define.ts';
import { delimiters } from './key-values.ts';

/** Converters of lists and maps. */
export const collectionConverters: Converters = {
  Keys: convert('target', mapOf, ({ entries }) => list(entries.map(({ key }) => key))),
  Values: convert('target', mapOf, ({ entries }) => list(entries.map(({ value }) => value))),
  ContainsValue: converter({ target: listOf, item: any }, ({ target, item }) => (context) => {
    const { values } = target(context);
    const wanted = item(context);
    return values.some((value) => equal(value, wanted));
  }),
  Index: converter({ target: any, value: any }, ({ target, value }) => (context) => {
    const [found, wanted] = [target(context), value(context)];
    if (typeof found === 'string') {
      if (typeof wanted !== 'string') {
        throw new OttlError('invalid value type for Index function, value must be a string');
      }
      return BigInt(toByteString(found).indexOf(toByteString(wanted)));
    }
    return BigInt(convertTo.listOf(found).values.findIndex((each) => equal(each, wanted)));
  }),
  Sort: converter({ target: any, order: optional(literalText) }, ({ target, order = 'asc' }) => {
    if (order !== 'asc' && order !== 'desc') {
      throw new OttlParseError(`invalid arguments: ${order}. Order should be either "asc" or "desc"`);
    }
    return (context) => sorted(target(context), order === 'desc');
  }),
  SliceToMap: converter(
    { target: listOf, key_path: optional(literalTexts), value_path: optional(literalTexts) },
    ({ target, key_path: keyPath, value_path: valuePath }) =>
      (context) => {
        const entries = new Map<string, AnyValue>();
        for (const [index, element] of target(context).values.entries()) {
          const inside = () => {
            if (isMap(element)) return element;
            throw new OttlError(
              `slice elements must be maps when using \`key_path\` or \`value_path\`, got ${goType(element)}`,
            );
          };
          const key = keyPath ? below(inside(), keyPath) : String(index);
          if (typeof key !== 'string') {
            throw new OttlError(`element ${index}: extracted key attribute is not of type string, got ${goType(key)}`);
          }
          entries.set(key, valuePath ? below(inside(), valuePath) : element);
        }
        return map([...entries].map(([key, value]) => ({ key, value })));
      },
  ),
  ToKeyValueString: converter(
    {
      target: mapOf,
      delimiter: optional(literalText),
      pair_delimiter: optional(literalText),
      sort_output: optional(literalBool),
    },
    ({ target, delimiter, pair_delimiter: pairDelimiter, sort_output: isSorted = false }) => {
      const [between, after] = delimiters(delimiter, pairDelimiter);
      const quoted = (part: string) => {
        const escaped = part.replaceAll('"', '\\"');
        return escaped.includes(after) || escaped.includes(between) ? `"${escaped}"` : escaped;
      };
      return (context) => {
        const { entries } = target(context);
        const ordered = isSorted
          ? [...entries].sort((a, b) => (toByteString(a.key) < toByteString(b.key) ? -1 : 1))
          : entries;
        return ordered
          .map(({ key, value }) => quoted(key) + between + quoted(convertTo.textLike(value) ?? ''))
          .join(after);
      };
    },
  ),
};

/** @throws OttlError when the map has no such path */
function below(value: KeyValueList, path: readonly string[]): AnyValue {
  if (path.length === 0) throw new OttlError('must provide at least one path item');
  let current: AnyValue = value;
  for (const key of path) {
    const entry: KeyValue | undefined = isMap(current) ? current.entries.find((each) => each.key === key) : undefined;
    if (!entry) throw new OttlError(`provided object does not contain the path [${path.join(' ')}]`);
    current = entry.value;
  }
  return current;
}

/**
 * Sorts a list of numbers by value, and any other list of scalars by text. Does not change a list with other elements.
 * The result contains the original elements.
 */
function sorted(value: OttlValue, isDescending: boolean): OttlValue {
  if (!isArray(value) && !isSlice(value)) {
    throw new OttlError(`sort with unsupported type: '${goType(value)}'. Target is not a list`);
  }
  const values = isSlice(value) && value.element === 'uint64' ? value.values : value.values.map(storable);
  const isScalar = (each: OttlValue) => typeof each !== 'object' || each === undefined;
  if (!values.every(isScalar)) {
    return isSlice(value) ? list(values as readonly AnyValue[]) : value;
  }
  const isNumeric = values.every((each) => typeof each === 'bigint' || typeof each === 'number');
  const byText = (each: OttlValue) => toByteString(convertTo.textLike(each) ?? '');
  const order = (a: OttlValue, b: OttlValue) => {
    if (isNumeric) return compares('<', a, b) ? -1 : compares('>', a, b) ? 1 : 0;
    return byText(a) < byText(b) ? -1 : byText(a) > byText(b) ? 1 : 0;
  };
  const ordered = [...values].sort(isDescending ? (a, b) => order(b, a) : order);
  return slice(isSlice(value) ? value.element : 'interface {}', ordered);
}
