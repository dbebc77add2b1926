import type { AnyValue, KeyValue } from '#pdata/attributes.ts';
import type { Key, OttlContext } from './context.ts';
import { OttlError } from './ottl-error.ts';
import { goType, isArray, isMap, isSlice, list, map, type OttlValue, storable, valueAt } from './value.ts';

/**
 * Returns the element of a converter's result.
 * @throws OttlError if there is none
 */
export function indexed(value: OttlValue, keys: readonly Key[], context: OttlContext): OttlValue {
  let current = value;
  for (const key of keys) {
    const at = resolved(key, context);
    if (typeof at === 'string') {
      if (!isMap(current)) throw new OttlError(`type ${goType(current)} does not support string indexing`);
      if (!current.entries.some((entry) => entry.key === at)) throw new OttlError('key not found in map');
      current = valueAt(current, at);
    } else {
      if (!isArray(current) && !isSlice(current)) {
        throw new OttlError(`type ${goType(current)} does not support int indexing`);
      }
      current = elementOf(current.values, at);
    }
  }
  return current;
}

/**
 * Returns the value below a path. Nil if a map does not have the key.
 * @throws OttlError if a value on the path has no keys, or a list has no such index
 */
export function valueBelow(value: AnyValue, keys: readonly Key[], context: OttlContext): AnyValue {
  let current = value;
  for (const key of keys) {
    if (isMap(current)) {
      const name = resolvedName(key, context);
      const entry = current.entries.find((each) => each.key === name);
      if (!entry) return undefined;
      current = entry.value;
    } else if (isArray(current)) {
      current = elementOf(current.values, resolvedIndex(key, context));
    } else {
      throw new OttlError(`type ${valueType(current)} does not support string indexing`);
    }
  }
  return current;
}

/**
 * Returns a copy in which the value below a path is replaced. Creates missing maps and lists on the path.
 * @throws OttlError if a value on the path has no keys, or a list has no such index
 */
export function withValueBelow(
  value: AnyValue,
  keys: readonly Key[],
  { context, replacement }: { readonly context: OttlContext; readonly replacement: (old: AnyValue) => AnyValue },
): AnyValue {
  const [key, ...deeper] = keys;
  if (key === undefined) return replacement(value);
  const below = (old: AnyValue) => withValueBelow(old, deeper, { context, replacement });
  if (isMap(value)) return withEntry(value.entries, resolvedName(key, context), below);
  if (isArray(value)) {
    const index = resolvedIndex(key, context);
    const old = elementOf(value.values, index);
    return list(value.values.with(Number(index), below(old)));
  }
  if (value !== undefined) throw new OttlError(`type ${valueType(value)} does not support string indexing`);
  const at = resolved(key, context);
  if (typeof at === 'string') return map([{ key: at, value: below(undefined) }]);
  if (at < 0n || at > maxNewIndex) throw new OttlError(`index ${at} out of bounds`);
  return list([...new Array<AnyValue>(Number(at)).fill(undefined), below(undefined)]);
}

/** Largest index at which an assignment creates a list, so that no statement exhausts the memory. */
const maxNewIndex = 10_000n;

function withEntry(entries: readonly KeyValue[], key: string, change: (old: AnyValue) => AnyValue): AnyValue {
  const index = entries.findIndex((entry) => entry.key === key);
  const entry = { key, value: storable(change(entries[index]?.value)) };
  return map(index < 0 ? [...entries, entry] : entries.with(index, entry));
}

function elementOf<T>(values: readonly T[], index: bigint): T {
  if (index < 0n || index >= BigInt(values.length)) throw new OttlError(`index ${index} out of bounds`);
  return values[Number(index)]!;
}

function resolved(key: Key, context: OttlContext): string | bigint {
  const value = typeof key === 'function' ? key(context) : key;
  if (typeof value === 'string' || typeof value === 'bigint') return value;
  throw new OttlError(`key expression must evaluate to string or int, got ${goType(value)}`);
}

/** Returns a key of a map. */
export function resolvedName(key: Key, context: OttlContext): string {
  const at = resolved(key, context);
  if (typeof at === 'string') return at;
  throw new OttlError('unable to resolve a string index in map: invalid key type');
}

function resolvedIndex(key: Key, context: OttlContext): bigint {
  const at = resolved(key, context);
  if (typeof at === 'bigint') return at;
  throw new OttlError('unable to resolve an integer index in slice: invalid key type');
}

/** Returns the name of a value's type in pipeline data. */
function valueType(value: AnyValue): string {
  switch (typeof value) {
    case 'string':
      return 'Str';
    case 'boolean':
      return 'Bool';
    case 'bigint':
      return 'Int';
    case 'number':
      return 'Double';
    case 'undefined':
      return 'Empty';
  }
  if (value instanceof Uint8Array) return 'Bytes';
  return value.kind === 'array' ? 'Slice' : 'Map';
}
