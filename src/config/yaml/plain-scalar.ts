import { GoFloat, type RawValue } from '../raw-value.ts';

const words: ReadonlyMap<string, RawValue> = new Map<string, RawValue>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['false', 'False', 'FALSE'].map((word) => [word, false] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((word) => [word, Number.POSITIVE_INFINITY] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((word) => [word, Number.NEGATIVE_INFINITY] as const),
  ...['.nan', '.NaN', '.NAN'].map((word) => [word, Number.NaN] as const),
]);

/**
 * Returns the value of an unquoted YAML scalar by the rules of the Collector's YAML library: YAML 1.2's core schema
 * with 1.1's octal (`010` is 8), binary, digit separators, and dates. `yes`, `on`, and similar words are texts.
 */
export function plainScalar(text: string): RawValue {
  const word = words.get(text);
  if (word !== undefined) return word;
  if (/^[-+.0-9]/.test(text)) return numberOrDate(text) ?? text;
  return text;
}

const floatPattern = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;

function numberOrDate(text: string): RawValue | undefined {
  if (text.startsWith('.')) return floatPattern.test(text) ? float(Number(text)) : undefined;
  const date = dateOf(text);
  if (date) return date;
  const plain = text.replaceAll('_', '');
  const integer = integerOf(plain);
  if (integer !== undefined) return integer;
  return floatPattern.test(plain) ? float(Number(plain)) : undefined;
}

/** A float that overflows is a text. */
function float(value: number): RawValue | undefined {
  if (!Number.isFinite(value)) return undefined;
  return Number.isInteger(value) ? new GoFloat(value) : value;
}

function integerOf(text: string): RawValue | undefined {
  const match = /^([-+]?)(?:0x([0-9a-f]+)|0b([01]+)|0o?([0-7]+)|(0|[1-9][0-9]*))$/i.exec(text);
  if (!match) return undefined;
  const [, sign, hex, binary, octal, decimal] = match;
  let value: bigint;
  if (hex !== undefined) value = BigInt(`0x${hex}`);
  else if (binary !== undefined) value = BigInt(`0b${binary}`);
  else if (octal !== undefined) value = BigInt(`0o${octal}`);
  else value = BigInt(decimal!);
  if (sign === '-') value = -value;
  // A number that exceeds 64 bits is a float if it is decimal, otherwise a text.
  if (value < -(2n ** 63n) || value >= 2n ** 64n) return decimal === undefined ? undefined : float(Number(text));
  return BigInt.asIntN(54, value) === value && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

const datePattern =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d*)?(?:Z|[-+]\d{2}:\d{2})| +(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.\d*)?)?$/;

function dateOf(text: string): Date | undefined {
  const match = datePattern.exec(text);
  if (!match) return undefined;
  const [, year, month, day] = match;
  const [hour = '0', minute = '0', second = '0'] = match.slice(4).filter((part) => part !== undefined);
  const two = (digits: string) => digits.padStart(2, '0');
  const date = new Date(`${year}-${two(month!)}-${two(day!)}T${two(hour)}:${two(minute)}:${two(second)}Z`);
  const exists = !Number.isNaN(date.getTime()) && date.getUTCDate() === Number(day);
  return exists ? date : undefined;
}
