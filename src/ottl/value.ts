import type { AnyValue, ArrayValue, KeyValue, KeyValueList } from '#pdata/attributes.ts';
import { OttlError } from './ottl-error.ts';
import type { TimeZone } from './time-zones.ts';

/** A time in nanoseconds since the epoch, or a duration in nanoseconds. */
export interface TimeValue {
  readonly kind: 'time' | 'duration';
  readonly nanoseconds: bigint;
  /** The zone in which a time is parsed and formatted; UTC if absent. */
  readonly zone?: TimeZone;
}

/** A trace or span id: lower-case hex, empty for the id of zeros. */
export interface IdValue {
  readonly kind: 'traceId' | 'spanId';
  readonly hex: string;
}

/**
 * A list that a statement or a converter creates. The Collector distinguishes it from a list of pipeline data
 * (`ArrayValue`): it compares differently, and only some element types can be stored.
 */
export interface GoSlice {
  readonly kind: 'slice';
  /** Go's element type; `interface {}` for any. */
  readonly element: 'interface {}' | 'string' | 'bool' | 'int64' | 'float64' | 'uint64';
  readonly values: readonly OttlValue[];
}

/** Part of pipeline data that is not an attribute value, such as the points of a metric or the events of a span. */
export interface DataItems {
  readonly kind: 'items';
  /** Go's type, such as `ptrace.SpanEventSlice`. */
  readonly type: string;
  readonly items: readonly unknown[];
}

/** A value during the evaluation of OTTL. `undefined` is nil. */
export type OttlValue = AnyValue | TimeValue | IdValue | GoSlice | DataItems;

export const list = (values: readonly AnyValue[]): ArrayValue => ({ kind: 'array', values });
export const map = (entries: readonly KeyValue[]): KeyValueList => ({ kind: 'kvlist', entries });
export const slice = (element: GoSlice['element'], values: readonly OttlValue[]): GoSlice => ({
  kind: 'slice',
  element,
  values,
});

/** Returns the kind of a value that is an object; undefined for scalars, bytes, and nil. */
function kindOf(value: OttlValue): Exclude<OttlValue, AnyValue>['kind'] | 'array' | 'kvlist' | undefined {
  return typeof value === 'object' && !(value instanceof Uint8Array) ? value.kind : undefined;
}

/** Whether a value is a map (`pcommon.Map` in the Collector). */
export function isMap(value: OttlValue): value is KeyValueList {
  return kindOf(value) === 'kvlist';
}

/** Returns whether a value is a list of pipeline data. */
export function isArray(value: OttlValue): value is ArrayValue {
  return kindOf(value) === 'array';
}

/** Whether a value is a list that a statement has created. */
export function isSlice(value: OttlValue): value is GoSlice {
  return kindOf(value) === 'slice';
}

/** Whether a value is a list of items such as data points. */
export function isItems(value: OttlValue): value is DataItems {
  return kindOf(value) === 'items';
}

/** Whether a value is a time or a duration. */
export function isTime(value: OttlValue): value is TimeValue {
  const kind = kindOf(value);
  return kind === 'time' || kind === 'duration';
}

/** Whether a value is a trace ID or span ID. */
export function isId(value: OttlValue): value is IdValue {
  const kind = kindOf(value);
  return kind === 'traceId' || kind === 'spanId';
}

/** Returns the bytes of an id. */
export function idBytes({ kind, hex }: IdValue): Buffer {
  return hex === '' ? Buffer.alloc(kind === 'traceId' ? 16 : 8) : Buffer.from(hex, 'hex');
}

/** Returns the value of the first entry of a key. */
export function valueAt({ entries }: KeyValueList, key: string): AnyValue {
  return entries.find((entry) => entry.key === key)?.value;
}

/** Returns Go's name of a value's type for messages. */
export function goType(value: OttlValue): string {
  switch (typeof value) {
    case 'undefined':
      return '<nil>';
    case 'bigint':
      return 'int64';
    case 'number':
      return 'float64';
    case 'boolean':
      return 'bool';
    case 'string':
      return 'string';
  }
  if (value instanceof Uint8Array) return '[]uint8';
  if (value.kind === 'items') return value.type;
  if (value.kind === 'slice') return `[]${value.element}`;
  return goTypes[value.kind];
}

const goTypes = {
  array: 'pcommon.Slice',
  kvlist: 'pcommon.Map',
  time: 'time.Time',
  duration: 'time.Duration',
  traceId: 'pcommon.TraceID',
  spanId: 'pcommon.SpanID',
} as const;

/**
 * Returns a value in the form that pipeline data stores.
 * @throws OttlError for a time, duration, ID, or a list that the Collector cannot store either
 */
export function storable(value: OttlValue): AnyValue {
  if (isSlice(value) && value.element !== 'uint64') return list(value.values.map((each) => storable(each)));
  if (isTime(value) || isId(value) || isSlice(value) || isItems(value)) {
    throw new OttlError(`unsupported type ${goType(value)} for set operation`);
  }
  return value;
}

/**
 * Stores a value in pipeline data. Of one that it cannot contain, the Collector stores nothing where there was a value, an empty
 * value where there was none, and a list with empty elements.
 * @param write receives a function of the old value
 * @throws OttlError after that
 */
export function store(value: OttlValue, write: (replacement: (old: AnyValue) => AnyValue) => void): void {
  let stored: AnyValue;
  try {
    stored = storable(value);
  } catch (error) {
    write((old) => storablePart(value) ?? old);
    throw error;
  }
  write(() => stored);
}

function storablePart(value: OttlValue): AnyValue {
  if (isSlice(value) && value.element !== 'uint64') return list(value.values.map(storablePart));
  return isTime(value) || isId(value) || isSlice(value) || isItems(value) ? undefined : value;
}
