/**
 * A configuration before it is given types: what YAML and `${…}` produce, in the terms that the collector's decoder
 * distinguishes. Maps are plain objects, lists are arrays.
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
export interface RawMap {
  readonly [key: string]: RawValue;
}

/** A number written as a float whose value is whole (`1.0`, `1e3`): to the collector that is not an integer. */
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

export function isRawMap(value: unknown): value is RawMap {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** The parsed value, whether or not it came out of a `${…}`. */
export function withoutText(value: unknown): unknown {
  return value instanceof ExpandedText ? value.value : value;
}

/** What Go's `%T` says of a value in a configuration, for messages such as `got unconvertible type 'string'`. */
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

/** What Go's `reflect.Kind` says of it, for messages such as `expected a map or struct, got "int"`. */
export function goKindOf(value: unknown): string {
  if (Array.isArray(value)) return 'slice';
  if (isRawMap(value)) return 'map';
  if (value instanceof Date) return 'struct';
  return goTypeOf(value);
}
