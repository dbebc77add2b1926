import { valueText } from '#pdata/value-text.ts';
import { OttlError } from './ottl-error.ts';
import {
  goType,
  idBytes,
  isArray,
  isId,
  isItems,
  isMap,
  isSlice,
  isTime,
  type OttlValue,
  type TimeValue,
} from './value.ts';

/**
 * Returns a value in the form of Go's JSON encoder. Keys are sorted.
 * @throws OttlError for NaN, infinities, and values that JSON cannot represent
 */
export function jsonText(value: OttlValue): string {
  if (typeof value === 'number') return doubleText(value);
  if (isTime(value)) return value.kind === 'time' ? `"${timeText(value)}"` : String(value.nanoseconds);
  // Go encodes the bytes as a list of numbers.
  if (isId(value)) return `[${[...idBytes(value)].join(',')}]`;
  if (isSlice(value)) return `[${value.values.map(elementText).join(',')}]`;
  if (isItems(value)) throw new OttlError(`unsupported type: ${goType(value)}`);
  return isMap(value) || isArray(value) ? htmlEscaped(valueText(value)) : valueText(value);
}

/** Escapes the characters of HTML, as Go's encoder does in functions. Labels and debug output do not have them escaped. */
function htmlEscaped(json: string): string {
  return json.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}

function elementText(value: OttlValue): string {
  if (value === undefined) return 'null';
  // Go's encoder sees no fields in the types of pipeline data.
  if (isMap(value) || isArray(value)) return '{}';
  if (typeof value === 'string' || value instanceof Uint8Array) {
    const wrapped = valueText({ kind: 'array', values: [value] });
    return htmlEscaped(wrapped.slice(1, -1));
  }
  return jsonText(value);
}

/** Formats a double like JavaScript, but with at least two digits in the exponent. */
function doubleText(value: number): string {
  if (!Number.isFinite(value)) throw new OttlError(`unsupported value: ${value}`);
  return valueText(value).replace(/e([-+])(\d)$/, 'e$10$2');
}

/** Returns a time as RFC 3339 with nanoseconds, without trailing zeros. */
function timeText({ nanoseconds, zone }: TimeValue): string {
  const fraction = BigInt.asUintN(64, ((nanoseconds % second) + second) % second);
  const utcMs = Number((nanoseconds - fraction) / 1_000_000n);
  const offset = zone?.offsetAt(utcMs) ?? 0;
  const digits = String(fraction).padStart(9, '0').replace(/0+$/, '');
  const shown = new Date(utcMs + offset).toISOString().replace(/\.\d+Z$/, '');
  return `${shown}${digits === '' ? '' : `.${digits}`}${offset === 0 ? 'Z' : offsetText(offset)}`;
}

const second = 1_000_000_000n;

function offsetText(offset: number): string {
  const minutes = Math.abs(offset) / 60_000;
  const digits = (value: number) => String(Math.trunc(value)).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${digits(minutes / 60)}:${digits(minutes % 60)}`;
}
