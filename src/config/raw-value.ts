/**
 * A configuration before it is decoded: the result of parsing YAML and expanding `${…}`, with the distinctions that the
 * Collector's decoder makes. Maps are plain objects, lists are arrays.
 */
export type RawValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | GoFloat
  | Date
  | ExpandedText
  | readonly RawValue[]
  | RawMap;
/** A map of a configuration file before validation. */
export interface RawMap {
  readonly [key: string]: RawValue;
}

/**
 * A number that is written as a float but has a whole value (`1.0`, `1e3`). The Collector does not treat it as an
 * integer.
 */
export class GoFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/**
 * Value of a reference `${…}` that is the whole scalar. A string setting uses the retrieved text, any other setting the value of
 * this text as YAML (docs/reference/collector-behaviour.md#variable-references).
 */
export class ExpandedText {
  readonly original: string;
  readonly value: RawValue;

  constructor(original: string, value: RawValue) {
    this.original = original;
    this.value = value;
  }
}

/** Whether a value is a plain object, that is, a map of the YAML. */
export function isRawMap(value: unknown): value is RawMap {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Returns the parsed value, whether or not it results from a `${…}`. */
export function withoutText(value: unknown): unknown {
  return value instanceof ExpandedText ? value.value : value;
}

/** Returns Go's `%T` of a configuration value, for messages such as `got unconvertible type 'string'`. */
export function goTypeOf(value: unknown): string {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'bigint') return value < 2n ** 63n ? 'int' : 'uint64';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float64';
  if (value instanceof GoFloat) return 'float64';
  if (value instanceof Date) return 'time.Time';
  if (Array.isArray(value)) return '[]interface {}';
  if (isRawMap(value)) return 'map[string]interface {}';
  return '<nil>';
}

/** Returns Go's `reflect.Kind` of a configuration value, for messages such as `expected a map or struct, got "int"`. */
export function goKindOf(value: unknown): string {
  if (Array.isArray(value)) return 'slice';
  if (isRawMap(value)) return 'map';
  if (value instanceof Date) return 'struct';
  return goTypeOf(value);
}
