/*
 * Numbers in Go's formats, as in `/metrics` and the debug exporter
 * (docs/reference/collector-behaviour.md#number-format).
 */

/** Texts of small integers, created once: counts and flags are nearly always small. */
const smallIntegers = Array.from({ length: 1024 }, (_, i) => String(i));

/**
 * Returns the shortest text that parses to the same double, in Go's `%v` form: exponent form below 1e-4 and from 1e+06,
 * with a sign and at least two exponent digits. `+Inf`, `-Inf`, `NaN`; both zeros are `0`.
 */
export function formatFloat(value: number): string {
  // `value >>> 0` equals the value only for whole numbers from 0 (or -0) to 2^32-1.
  if (value >>> 0 === value && value < 1024) return smallIntegers[value] as string;
  const magnitude = Math.abs(value);
  // In this range, JavaScript also uses fixed notation, with the same digits.
  if (magnitude >= 1e-4 && magnitude < 1e6) return String(value);
  return formatOutlier(value);
}

/**
 * Same as {@link formatFloat}, but negative zero is `-0`. This is Go's `%v`; the exposition formats treat zero
 * specially.
 */
export function formatSignedFloat(value: number): string {
  return value === 0 && Object.is(value, -0) ? '-0' : formatFloat(value);
}

function formatOutlier(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  const text = value.toExponential();
  // `1e+6` → `1e+06`. Two and three digits do not change.
  return text.charCodeAt(text.length - 2) < 0x30 ? `${text.slice(0, -1)}0${text.charAt(text.length - 1)}` : text;
}

/**
 * Formats like Go's `%f`: six decimals of the exact binary value, halves to even, never an exponent. `-0.000000` for
 * negative zero, `+Inf`, `-Inf`, `NaN`.
 */
export function formatFixed6(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude > 0 && magnitude < 2 ** 31) {
    const millionths = magnitude * 1e6;
    const floor = Math.floor(millionths);
    const rest = millionths - floor;
    // The error of the product is half of its last bit or less. Unless the product is that close to a tie, the rounding
    // direction is certain.
    if (Math.abs(rest - 0.5) > millionths * 2 ** -52) {
      return fixed6(value < 0 ? '-' : '', rest > 0.5 ? floor + 1 : floor);
    }
  }
  return formatExactFixed6(value);
}

const threeDigits = Array.from({ length: 1000 }, (_, i) => String(i).padStart(3, '0'));
const pointAndThreeDigits = threeDigits.map((digits) => `.${digits}`);

/** Formats a whole number of millionths below 2^51. */
function fixed6(sign: string, millionths: number): string {
  const whole = Math.floor(millionths / 1e6);
  const fraction = millionths - whole * 1e6;
  const thousands = (fraction / 1000) | 0;
  return (
    sign + whole + (pointAndThreeDigits[thousands] as string) + (threeDigits[fraction - thousands * 1000] as string)
  );
}

function formatExactFixed6(value: number): string {
  if (!Number.isFinite(value)) return formatOutlier(value);
  if (Math.abs(value) >= 1e21) return `${BigInt(value)}.000000`;
  if (value === 0) return Object.is(value, -0) ? '-0.000000' : '0.000000';
  // JavaScript rounds exact halves away from zero. A double is exactly between two six-decimal numbers if it is an odd
  // multiple of 1/128 = 0.0078125, and then seven decimals are exact.
  const of128 = value * 128;
  if (Number.isInteger(of128) && of128 % 2 !== 0) {
    const exact = value.toFixed(7);
    const lastKept = exact.charCodeAt(exact.length - 2);
    if (lastKept % 2 === 0) return exact.slice(0, -1);
  }
  return value.toFixed(6);
}
