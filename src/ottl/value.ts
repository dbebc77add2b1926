import type { AnyValue, ArrayValue, KeyValue, KeyValueList } from '#pdata/attributes.ts';
import { OttlError } from './ottl-error.ts';

/** Nanoseconds since the epoch, or of a duration. */
export interface TimeValue {
  readonly kind: 'time' | 'duration';
  readonly nanoseconds: bigint;
}

/** A value while OTTL computes: pipeline values, times and durations; `undefined` is nil. */
export type OttlValue = AnyValue | TimeValue;

export const list = (values: readonly AnyValue[]): ArrayValue => ({ kind: 'array', values });
export const map = (entries: readonly KeyValue[]): KeyValueList => ({ kind: 'kvlist', entries });

export function isMap(value: OttlValue): value is KeyValueList {
  return typeof value === 'object' && 'kind' in value && value.kind === 'kvlist';
}

export function isList(value: OttlValue): value is ArrayValue {
  return typeof value === 'object' && 'kind' in value && value.kind === 'array';
}

export function isTime(value: OttlValue): value is TimeValue {
  return typeof value === 'object' && 'kind' in value && (value.kind === 'time' || value.kind === 'duration');
}

/** What can be put into pipeline data. Throws OttlError for a time or duration. */
export function storable(value: OttlValue): AnyValue {
  if (isTime(value)) throw new OttlError(`a ${value.kind} cannot be stored: convert it with UnixNano(…) or String(…)`);
  return value;
}

/** The value below a map or list; nil when there is none. Throws OttlError when the value cannot be indexed so. */
export function indexed(value: OttlValue, keys: readonly (string | bigint)[]): OttlValue {
  let current = value;
  for (const key of keys) {
    if (current === undefined) return undefined;
    if (typeof key === 'string') {
      if (!isMap(current)) throw new OttlError(`${kindOf(current)} has no key ${JSON.stringify(key)}`);
      current = current.entries.findLast((entry) => entry.key === key)?.value;
    } else {
      if (!isList(current)) throw new OttlError(`${kindOf(current)} has no index ${key}`);
      if (key >= BigInt(current.values.length)) throw new OttlError(`index ${key} out of bounds`);
      current = current.values[Number(key)];
    }
  }
  return current;
}

/** The name of a value's kind in messages. */
export function kindOf(value: OttlValue): string {
  if (value === undefined) return 'nil';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'double';
  if (typeof value !== 'object') return typeof value;
  if (value instanceof Uint8Array) return 'bytes';
  return { array: 'list', kvlist: 'map', time: 'time', duration: 'duration' }[value.kind];
}
