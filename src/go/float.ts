/* Parses numbers like Go's strconv.ParseFloat. */

// Texts come from clients. Two repeating parts must not match the same characters; otherwise the time grows with the
// square of the length.
const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const hexadecimal = /^([+-]?)0x([0-9a-f]*)(?:\.([0-9a-f]*))?p([+-]?\d+)$/i;
const infinity = /^[+-]?inf(?:inity)?$/i;
const nan = /^nan$/i;
/** Number of hexadecimal digits that affect the result. Of the others, only whether all are zero matters. */
const maxHexDigits = 40;

/** Parses a number, rounded to the nearest double. Undefined if the text is not a number or is too large. */
export function parseGoFloat(written: string): number | undefined {
  const text = written.includes('_') ? withoutUnderscores(written) : written;
  if (decimal.test(text)) return finite(Number(text));
  if (nan.test(text)) return Number.NaN;
  if (infinity.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const parts = hexadecimal.exec(text);
  if (parts === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent] = parts;
  if (whole === '' && fraction === '') return undefined;
  const magnitude = finite(hexFloat(whole + fraction, Number(exponent) - 4 * fraction.length));
  return magnitude !== undefined && sign === '-' ? -magnitude : magnitude;
}

/**
 * Removes underscores, which Go allows between digits and after the prefix of a hexadecimal number. Anywhere else, the
 * text is not a number.
 */
function withoutUnderscores(text: string): string {
  const misplaced = /^[+-]?0x/i.test(text) ? /(?<![0-9a-fx])_|_(?![0-9a-f])/i : /(?<!\d)_|_(?!\d)/;
  return misplaced.test(text) ? text : text.replaceAll('_', '');
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** Returns digits × 2^exponent, rounded half to even once. */
function hexFloat(digits: string, exponent: number): number {
  const significant = digits.replace(/^0+/, '');
  if (significant === '') return 0;
  const kept = significant.slice(0, maxHexDigits);
  const rest = significant.slice(maxHexDigits);
  // One more bit represents all omitted digits. It only matters for a tie.
  const mantissa = BigInt(`0x${kept}`) * 2n + (/[1-9a-f]/i.test(rest) ? 1n : 0n);
  const unit = exponent + 4 * rest.length - 1;
  const bits = mantissa.toString(2).length;
  const dropped = Math.max(bits - 53, -1074 - unit, 0);
  if (dropped > bits) return 0;
  return scaled(roundedShift(mantissa, BigInt(dropped)), unit + dropped);
}

function roundedShift(value: bigint, shift: bigint): number {
  if (shift === 0n) return Number(value);
  const floor = value >> shift;
  const rest = value - (floor << shift);
  const half = 1n << (shift - 1n);
  return Number(rest > half || (rest === half && floor % 2n === 1n) ? floor + 1n : floor);
}

/** Returns value × 2^exponent for a value with no more than 53 bits. The result is exact or infinite. */
function scaled(value: number, exponent: number): number {
  if (exponent <= 1023) return value * 2 ** exponent;
  return value * 2 ** 1023 * 2 ** Math.min(exponent - 1023, 1023);
}
