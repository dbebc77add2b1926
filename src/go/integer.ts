/*
 * 64-bit integers as Go makes them of other values.
 */

const lowest = -(2n ** 63n);
const highest = 2n ** 63n - 1n;

/** A double cut to a whole number. NaN and what 64 bits can't hold is the lowest number, as on the collector's processors. */
export function truncatedInteger(value: number): bigint {
  if (!Number.isFinite(value)) return lowest;
  const integer = BigInt(Math.trunc(value));
  return integer < lowest || integer > highest ? lowest : integer;
}

/** A text of decimal digits, signed or not, as strconv.ParseInt takes it; undefined for any other and for what 64 bits can't hold. */
export function parseGoInteger(text: string): bigint | undefined {
  const digits = /^([-+]?)0*(\d{1,19})$/.exec(text);
  if (digits === null) return undefined;
  const integer = BigInt(digits[2]!) * (digits[1] === '-' ? -1n : 1n);
  return integer < lowest || integer > highest ? undefined : integer;
}
