/*
 * Numbers in texts, as Go's strconv.ParseFloat takes them.
 */

// Texts come from clients. No two parts that repeat may match the same characters, or the time grows with the square of the length.
const decimal = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;
const hexadecimal = /^([+-]?)0x([0-9a-f]*)(?:\.([0-9a-f]*))?p([+-]?\d+)$/i;
const infinity = /^[+-]?inf(?:inity)?$/i;
const nan = /^nan$/i;
/** Hexadecimal digits that can matter beside the fact that some of the rest are not zero. */
const maxHexDigits = 40;

/** The number, rounded to the nearest double; undefined when the text is none or too large. */
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

/** Go lets underscores stand between digits, and after the prefix of a hexadecimal number. Otherwise the text is no number. */
function withoutUnderscores(text: string): string {
  const misplaced = /^[+-]?0x/i.test(text) ? /(?<![0-9a-fx])_|_(?![0-9a-f])/i : /(?<!\d)_|_(?!\d)/;
  return misplaced.test(text) ? text : text.replaceAll('_', '');
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

/** digits × 2^exponent, rounded half to even once. */
function hexFloat(digits: string, exponent: number): number {
  const significant = digits.replace(/^0+/, '');
  if (significant === '') return 0;
  const kept = significant.slice(0, maxHexDigits);
  const rest = significant.slice(maxHexDigits);
  // One more bit stands for all digits that are left out: it only matters to a tie.
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

/** value × 2^exponent for a value of at most 53 bits; exact, or infinite. */
function scaled(value: number, exponent: number): number {
  if (exponent <= 1023) return value * 2 ** exponent;
  return value * 2 ** 1023 * 2 ** Math.min(exponent - 1023, 1023);
}
