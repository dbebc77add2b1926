import { encodeUtf8 } from '#bytes/utf8.ts';
import { parseGoFloat } from '#go/float.ts';
import { truncatedInteger } from '#go/integer.ts';
import type { ArrayValue, KeyValueList } from '#pdata/attributes.ts';
import { jsonText } from './json-text.ts';
import { OttlError } from './ottl-error.ts';
import { goType, isArray, isMap, isSlice, isTime, list, type OttlValue, storable } from './value.ts';

/* Conversions of function arguments: strictly one type, or any value that can be converted to it. */

/** Returns the message for a value of another type. */
export function expectation(expected: string, value: OttlValue): string {
  return `expected ${expected} but got ${value === undefined ? 'nil' : goType(value)}`;
}

function strict<T>(expected: string, is: (value: OttlValue) => T | undefined) {
  return (value: OttlValue): T => {
    const found = is(value);
    if (found === undefined) throw new OttlError(expectation(expected, value));
    return found;
  };
}

export const text = strict('string', (value) => (typeof value === 'string' ? value : undefined));
export const int = strict('int64', (value) => (typeof value === 'bigint' ? value : undefined));
export const double = strict('float64', (value) => (typeof value === 'number' ? value : undefined));
export const bool = strict('bool', (value) => (typeof value === 'boolean' ? value : undefined));
export const mapOf = strict<KeyValueList>('pcommon.Map', (value) => (isMap(value) ? value : undefined));
export const listOf = strict<ArrayValue>('pcommon.Slice', (value) => {
  if (isArray(value)) return value;
  if (!isSlice(value)) return undefined;
  return value.element === 'uint64' ? list(value.values as ArrayValue['values']) : list(value.values.map(storable));
});
export const time = strict('time', (value) => (isTime(value) && value.kind === 'time' ? value : undefined));
/** Nanoseconds. */
export const duration = strict('duration', (value) =>
  isTime(value) && value.kind === 'duration' ? value.nanoseconds : undefined,
);

/** Returns the elements of a list of pipeline data or of a statement. */
export function elements(value: OttlValue): readonly OttlValue[] {
  if (isArray(value) || isSlice(value)) return value.values;
  throw new OttlError(expectation('a list', value));
}

/** Returns the text of any value: JSON for maps and lists, hexadecimal for bytes; undefined for nil. */
export function textLike(value: OttlValue): string | undefined {
  if (value === undefined || typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return jsonText(value);
}

/**
 * Converts a value like the Collector's IntLikeGetter; undefined stays undefined.
 * @throws OttlError if that is not possible
 */
export function intLike(value: OttlValue): bigint | undefined {
  if (value === undefined || typeof value === 'bigint') return value;
  if (typeof value === 'number') return truncatedInteger(value);
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value !== 'string') throw new OttlError(`unsupported type: ${goType(value)}`);
  return parseInteger(value, 10n);
}

const minInteger = -(2n ** 63n);
const maxInteger = 2n ** 63n - 1n;

/**
 * Parses an integer like Go's `strconv.ParseInt`, base 2 to 36.
 * @throws OttlError if the text is not an integer
 */
export function parseInteger(written: string, base: bigint): bigint {
  const fail = (reason: string): never => {
    throw new OttlError(`strconv.ParseInt: parsing ${JSON.stringify(written)}: ${reason}`);
  };
  const digits = /^[-+]?([0-9a-z]+)$/i.exec(written)?.[1]?.toLowerCase();
  if (digits === undefined) return fail('invalid syntax');
  let value = 0n;
  for (const digit of digits) {
    const number = BigInt(Number.parseInt(digit, 36));
    if (number >= base) return fail('invalid syntax');
    value = value * base + number;
    // Longer texts are out of range in any case.
    if (value > 2n ** 64n) break;
  }
  const signed = written.startsWith('-') ? -value : value;
  return signed < minInteger || signed > maxInteger ? fail('value out of range') : signed;
}

/**
 * Converts a value like the Collector's FloatLikeGetter; undefined stays undefined.
 * @throws OttlError if that is not possible
 */
export function doubleLike(value: OttlValue): number | undefined {
  if (value === undefined || typeof value === 'number') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value);
  if (typeof value !== 'string') throw new OttlError(`unsupported type: ${goType(value)}`);
  const number = parseGoFloat(value);
  if (number === undefined) throw new OttlError(`strconv.ParseFloat: parsing ${JSON.stringify(value)}: invalid syntax`);
  return number;
}

/**
 * Converts a value like the Collector's BoolLikeGetter; undefined stays undefined.
 * @throws OttlError if that is not possible
 */
export function boolLike(value: OttlValue): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value;
  if (typeof value === 'bigint' || typeof value === 'number') return Number(value) !== 0;
  if (typeof value !== 'string') throw new OttlError(`unsupported type: ${goType(value)}`);
  if (/^(1|t|T|TRUE|true|True)$/.test(value)) return true;
  if (/^(0|f|F|FALSE|false|False)$/.test(value)) return false;
  throw new OttlError(`strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`);
}

/** Returns the bytes of a value: UTF-8 of a text, big-endian of a number; undefined for nil. */
export function bytesLike(value: OttlValue): Uint8Array | undefined {
  if (value === undefined || value instanceof Uint8Array) return value;
  if (typeof value === 'string') return encodeUtf8(value);
  if (typeof value === 'boolean') return Uint8Array.of(Number(value));
  if (typeof value !== 'bigint' && typeof value !== 'number') {
    throw new OttlError(`unsupported type: ${goType(value)}`);
  }
  const bytes = Buffer.alloc(8);
  if (typeof value === 'bigint') bytes.writeBigInt64BE(value);
  else bytes.writeDoubleBE(value);
  return bytes;
}
