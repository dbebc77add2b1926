/* Conversions to 64-bit integers with Go's results. */

const lowest = -(2n ** 63n);
const highest = 2n ** 63n - 1n;

/**
 * Truncates a double to a whole number. Same as on the Collector's processors, NaN and numbers beyond 64 bits become
 * the lowest number.
 */
export function truncatedInteger(value: number): bigint {
  if (!Number.isFinite(value)) return lowest;
  const integer = BigInt(Math.trunc(value));
  return integer < lowest || integer > highest ? lowest : integer;
}

/**
 * Parses decimal digits with an optional sign like strconv.ParseInt. Undefined for any other text and for numbers
 * beyond 64 bits.
 */
export function parseGoInteger(text: string): bigint | undefined {
  const digits = /^([-+]?)0*(\d{1,19})$/.exec(text);
  if (digits === null) return undefined;
  const integer = BigInt(digits[2]!) * (digits[1] === '-' ? -1n : 1n);
  return integer < lowest || integer > highest ? undefined : integer;
}
