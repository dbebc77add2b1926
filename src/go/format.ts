/*
 * Numbers in Go's formats, which `/metrics` and the debug exporter show (docs/reference/collector-behaviour.md#number-format).
 */

/** Counts and flags are nearly always small: their text is made once. */
const smallIntegers = Array.from({ length: 1024 }, (_, i) => String(i));

/**
 * The shortest text that reads back as the same double, in Go's `%v` form: exponent form below 1e-4 and from 1e+06 on, with a sign
 * and at least two exponent digits. `+Inf`, `-Inf`, `NaN`; both zeros are `0`.
 */
export function formatFloat(value: number): string {
  // `value >>> 0` is the value itself only for whole numbers from 0 (or -0) to 2^32-1.
  if (value >>> 0 === value && value < 1024) return smallIntegers[value] as string;
  const magnitude = Math.abs(value);
  // Here JavaScript's own text is fixed notation too, with the same digits.
  if (magnitude >= 1e-4 && magnitude < 1e6) return String(value);
  return formatOutlier(value);
}

/** As {@link formatFloat}, but negative zero is `-0`: Go's `%v`, where the exposition formats have a special case for zero. */
export function formatSignedFloat(value: number): string {
  return value === 0 && Object.is(value, -0) ? '-0' : formatFloat(value);
}

function formatOutlier(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  const text = value.toExponential();
  // `1e+6` → `1e+06`; two and three digits stay.
  return text.charCodeAt(text.length - 2) < 0x30 ? `${text.slice(0, -1)}0${text.charAt(text.length - 1)}` : text;
}

/**
 * Go's `%f`: six decimals of the exact binary value, halves to even, never an exponent; `-0.000000` for negative zero, `+Inf`,
 * `-Inf`, `NaN`.
 */
export function formatFixed6(value: number): string {
  const magnitude = Math.abs(value);
  if (magnitude > 0 && magnitude < 2 ** 31) {
    const millionths = magnitude * 1e6;
    const floor = Math.floor(millionths);
    const rest = millionths - floor;
    // The product is off by at most half of its last bit: unless it is that near to a tie, which way to round is certain.
    if (Math.abs(rest - 0.5) > millionths * 2 ** -52) {
      return fixed6(value < 0 ? '-' : '', rest > 0.5 ? floor + 1 : floor);
    }
  }
  return formatExactFixed6(value);
}

const threeDigits = Array.from({ length: 1000 }, (_, i) => String(i).padStart(3, '0'));
const pointAndThreeDigits = threeDigits.map((digits) => `.${digits}`);

/** Writes a whole number of millionths below 2^51. */
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
  // JavaScript rounds exact halves away from zero. A double lies exactly between two six-decimal numbers when it is an odd
  // multiple of 1/128 = 0.0078125, and then seven decimals are exact.
  const of128 = value * 128;
  if (Number.isInteger(of128) && of128 % 2 !== 0) {
    const exact = value.toFixed(7);
    const lastKept = exact.charCodeAt(exact.length - 2);
    if (lastKept % 2 === 0) return exact.slice(0, -1);
  }
  return value.toFixed(6);
}
