import { isRawMap, type RawMap, type RawValue } from './raw-value.ts';

/** Options for merging two configurations. */
export interface MergeOptions {
  /** Gate confmap.enableMergeAppendOption: component lists of `service` are appended without duplicates. */
  readonly appendLists: boolean;
}

/** Lists that the gate appends to: `service::extensions` and the components of pipelines. */
const appendable = /^service::(extensions|.*::(receivers|exporters|processors))$/;

/**
 * Merges a later map into an earlier one. Other values, including null, replace
 * (docs/reference/collector-behaviour.md#merging-configurations).
 */
export function mergeConfig(earlier: RawMap, later: RawMap, options: MergeOptions): RawMap {
  return merge(earlier, later, { ...options, path: '' });
}

function merge(earlier: RawMap, later: RawMap, context: MergeOptions & { readonly path: string }): RawMap {
  const result: Record<string, RawValue> = { ...earlier };
  for (const [key, value] of Object.entries(later)) {
    const previous = Object.hasOwn(earlier, key) ? earlier[key] : undefined;
    const path = context.path === '' ? key : `${context.path}::${key}`;
    if (isRawMap(previous) && isRawMap(value)) {
      setKey(result, key, merge(previous, value, { ...context, path }));
    } else if (context.appendLists && Array.isArray(previous) && Array.isArray(value) && appendable.test(path)) {
      setKey(result, key, [...previous, ...value.filter((item) => !previous.includes(item))]);
    } else setKey(result, key, value);
  }
  return result;
}

/** Splits keys with `::` into nested maps, at every level. */
export function splitKeys(map: RawMap): RawMap {
  let result: RawMap = {};
  for (const [key, value] of Object.entries(map)) {
    const parts = key.split('::');
    let nested: RawValue = isRawMap(value) ? splitKeys(value) : value;
    for (const part of parts.reverse()) nested = Object.fromEntries([[part, nested]]);
    result = mergeConfig(result, nested as RawMap, { appendLists: false });
  }
  return result;
}

/** Assigns an own property, whatever its name is (`__proto__`). */
function setKey(map: Record<string, RawValue>, key: string, value: RawValue): void {
  Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
}
