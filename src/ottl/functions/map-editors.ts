import { decodeUtf8, encodeUtf8 } from '#bytes/utf8.ts';
import type { AnyValue, KeyValue, KeyValueList } from '#pdata/attributes.ts';
import { withoutKey } from '#pdata/without-key.ts';
import type { OttlContext } from '../context.ts';
import { textLike } from '../conversions.ts';
import { OttlParseError } from '../ottl-error.ts';
import {
  literalBool,
  literalInt,
  literalText,
  literalTexts,
  type MapPlace,
  mapOf,
  mapPlace,
  optional,
  text,
  texts,
} from '../parameters.ts';
import { isArray, isMap, map } from '../value.ts';
import { type Editors, editor } from './define.ts';
import { pattern } from './patterns.ts';

/** Replaces a map if it changes. */
export function changed({ get, set }: MapPlace, change: (found: KeyValueList, context: OttlContext) => KeyValueList) {
  return (context: OttlContext): void => {
    const found = get(context);
    const after = change(found, context);
    if (after !== found) set(context, after);
  };
}

/** Keeps some entries. */
function filtered(found: KeyValueList, keep: (key: string) => boolean): KeyValueList {
  const entries = found.entries.filter((entry) => keep(entry.key));
  return entries.length === found.entries.length ? found : map(entries);
}

/** Changes entries one by one. */
export function mapped(found: KeyValueList, change: (entry: KeyValue) => KeyValue): KeyValueList {
  const entries = found.entries.map(change);
  return entries.every((entry, index) => entry === found.entries[index]) ? found : map(entries);
}

function merged(target: KeyValueList, source: KeyValueList, strategy: string): KeyValueList {
  const entries = new Map(target.entries.map((entry) => [entry.key, entry.value]));
  for (const { key, value } of source.entries) {
    if (strategy === 'upsert' || (strategy === 'insert') !== entries.has(key)) entries.set(key, value);
  }
  return map([...entries].map(([key, value]) => ({ key, value })));
}

/** Truncates a text to `bytes` bytes of UTF-8. */
function truncated(value: string, bytes: number, isUtf8Safe: boolean): string {
  const encoded = encodeUtf8(value);
  let end = bytes;
  while (isUtf8Safe && end > 0 && (encoded[end]! & 0xc0) === 0x80) end--;
  return decodeUtf8(encoded, 0, end);
}

interface Flattening {
  readonly depth: number;
  readonly resolvesConflicts: boolean;
}

/** Moves the entries of nested maps and lists to the top level, with keys joined by points. */
function flattened(found: KeyValueList, prefix: string, { depth, resolvesConflicts }: Flattening): KeyValueList {
  const entries = new Map<string, AnyValue>();
  const conflicts = new Map<string, number>();
  const put = (key: string, value: AnyValue, keyOfConflict = key) => {
    if (!resolvesConflicts) return entries.set(key, value);
    if (!entries.has(keyOfConflict)) {
      conflicts.set(keyOfConflict, 0);
      return entries.set(keyOfConflict, value);
    }
    const count = conflicts.get(keyOfConflict) ?? 0;
    conflicts.set(keyOfConflict, count + 1);
    return entries.set(`${keyOfConflict}.${count}`, value);
  };
  const visit = (key: string, value: AnyValue, level: number) => {
    if (isMap(value) && level < depth) {
      for (const entry of value.entries) visit(`${key}.${entry.key}`, entry.value, level + 1);
    } else if (isArray(value) && level < depth) {
      for (const [index, element] of value.values.entries()) {
        const isDeeper = level + 1 < depth && (isMap(element) || isArray(element));
        if (isDeeper) visit(`${key}.${index}`, element, level + 1);
        else put(`${key}.${index}`, element, resolvesConflicts ? key : undefined);
      }
    } else put(key, value);
  };
  for (const { key, value } of found.entries) visit(prefix === '' ? key : `${prefix}.${key}`, value, 0);
  return map([...entries].map(([key, value]) => ({ key, value })));
}

const strategies = ['insert', 'update', 'upsert'];

/** Editors of maps, such as attributes. */
export const mapEditors: Editors = {
  delete_key: editor({ target: mapPlace, key: text }, ({ target, key }) =>
    changed(target, (found, context) => {
      const entries = withoutKey(found.entries, key(context));
      return entries === found.entries ? found : map(entries);
    }),
  ),
  delete_matching_keys: editor({ target: mapPlace, pattern }, ({ target, pattern: compiled }) =>
    changed(target, (found, context) => {
      const { matches } = compiled(context);
      return filtered(found, (key) => !matches(key));
    }),
  ),
  keep_keys: editor({ target: mapPlace, keys: texts }, ({ target, keys }) =>
    changed(target, (found, context) => {
      const kept = new Set(keys(context));
      return filtered(found, (key) => kept.has(key));
    }),
  ),
  keep_matching_keys: editor({ target: mapPlace, pattern }, ({ target, pattern: compiled }) =>
    changed(target, (found, context) => {
      const { matches } = compiled(context);
      return filtered(found, matches);
    }),
  ),
  merge_maps: editor({ target: mapPlace, source: mapOf, strategy: literalText }, ({ target, source, strategy }) => {
    if (!strategies.includes(strategy)) {
      throw new OttlParseError(`invalid value for strategy, ${strategy}, must be 'insert', 'update' or 'upsert'`);
    }
    return changed(target, (found, context) => merged(found, source(context), strategy));
  }),
  flatten: editor(
    {
      target: mapPlace,
      prefix: optional(literalText),
      depth: optional(literalInt),
      resolve_conflicts: optional(literalBool),
    },
    ({ target, prefix = '', depth, resolve_conflicts: resolvesConflicts = false }) => {
      if (depth !== undefined && depth < 1n) {
        throw new OttlParseError(`invalid depth '${depth}' for flatten function, must be greater than 0`);
      }
      const options = { depth: depth === undefined ? Number.POSITIVE_INFINITY : Number(depth), resolvesConflicts };
      return changed(target, (found) => flattened(found, prefix, options));
    },
  ),
  limit: editor(
    { target: mapPlace, limit: literalInt, priority_keys: literalTexts },
    ({ target, limit, priority_keys: first }) => {
      if (limit < 0n) throw new OttlParseError(`invalid limit for limit function, ${limit} cannot be negative`);
      if (BigInt(first.length) > limit) {
        throw new OttlParseError(
          `invalid limit for limit function, ${limit} cannot be less than number of priority attributes ${first.length}`,
        );
      }
      return changed(target, (found) => {
        if (BigInt(found.entries.length) <= limit) return found;
        let left = Number(limit) - first.filter((key) => found.entries.some((entry) => entry.key === key)).length;
        return filtered(found, (key) => first.includes(key) || left-- > 0);
      });
    },
  ),
  stringify_all: editor({ target: mapPlace }, ({ target }) =>
    changed(target, (found) =>
      mapped(found, (entry) => (typeof entry.value === 'string' ? entry : { ...entry, value: textOf(entry.value) })),
    ),
  ),
  truncate_all: editor(
    {
      target: mapPlace,
      limit: literalInt,
      utf8_safe: optional(literalBool),
      truncation_marker: optional(literalText),
    },
    ({ target, limit, utf8_safe: isUtf8Safe = true, truncation_marker: marker = '' }) => {
      if (limit < 0n) throw new OttlParseError(`invalid limit for truncate_all function, ${limit} cannot be negative`);
      const markerLength = encodeUtf8(marker).length;
      if (BigInt(markerLength) > limit) {
        throw new OttlParseError(
          `invalid truncation marker for truncate_all function, length of marker ${markerLength} cannot be greater than limit ${limit}`,
        );
      }
      const most = Number(limit);
      return changed(target, (found) =>
        mapped(found, (entry) => {
          if (typeof entry.value !== 'string' || encodeUtf8(entry.value).length <= most) return entry;
          return { ...entry, value: truncated(entry.value, most - markerLength, isUtf8Safe) + marker };
        }),
      );
    },
  ),
};

/** Returns the text of an attribute value; base64 for bytes, empty for nil. */
function textOf(value: AnyValue): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return textLike(value) ?? '';
}
