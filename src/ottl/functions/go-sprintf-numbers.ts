import { formatSignedFloat } from '#go/format.ts';
import { quoteGo } from '#go/quote.ts';

/** A verb of `Format` with its flags and sizes. */
export interface Directive {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly verb: string;
}

const radixes: Readonly<Record<string, number>> = { d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };
const prefixes: Readonly<Record<string, string>> = { b: '0b', o: '0', x: '0x', X: '0X' };

/** Formats an integer. Undefined if the verb is not one of integers. */
export function ofInteger(value: bigint, { verb, flags, precision }: Directive): string | undefined {
  if (verb === 'c' || verb === 'q') {
    const isCharacter = value >= 0n && value <= 0x10ffffn && (value < 0xd800n || value > 0xdfffn);
    const character = isCharacter ? String.fromCodePoint(Number(value)) : '\ufffd';
    return verb === 'c' ? character : `'${quoteGo(character).slice(1, -1)}'`;
  }
  const radix = radixes[verb];
  if (radix === undefined) return undefined;
  const magnitude = (value < 0n ? -value : value).toString(radix).padStart(precision ?? 0, '0');
  const digits = verb === 'X' ? magnitude.toUpperCase() : magnitude;
  return signOf(value < 0n, flags) + (verb === 'O' ? '0o' : flags.includes('#') ? (prefixes[verb] ?? '') : '') + digits;
}

/** Formats a double. Undefined if the verb is not one of doubles. */
export function ofDouble(value: number, { verb, flags, precision }: Directive): string | undefined {
  if (!/[eEfFgG]/.test(verb)) return undefined;
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  const magnitude = Math.abs(value);
  const sign = signOf(value < 0 || Object.is(value, -0), flags);
  if (/f/i.test(verb)) return sign + fixed(magnitude, precision ?? 6);
  const text = /e/i.test(verb) ? exponential(magnitude, precision ?? 6) : general(magnitude, precision);
  return sign + (/[EG]/.test(verb) ? text.toUpperCase() : text);
}

function fixed(value: number, precision: number): string {
  if (value >= 1e21) return `${BigInt(value)}${precision > 0 ? `.${'0'.repeat(precision)}` : ''}`;
  return evenOnTie(value.toFixed(100), precision) ?? value.toFixed(precision);
}

/** An exponent has at least two digits. */
function exponential(value: number, precision: number): string {
  return scientific(value, precision).replace(/e([-+])(\d)$/, 'e$10$2');
}

function scientific(value: number, precision: number): string {
  const [digits, exponent] = value.toExponential(100).split('e') as [string, string];
  const even = evenOnTie(digits, precision);
  return even === undefined ? value.toExponential(precision) : `${even}e${exponent}`;
}

/**
 * JavaScript rounds ties away from zero, Go to the even neighbor. Returns the truncated digits if that neighbor is
 * below, otherwise undefined. `exact` has a point and all non-zero digits.
 */
function evenOnTie(exact: string, precision: number): string | undefined {
  const end = exact.indexOf('.') + (precision > 0 ? precision + 1 : 0);
  const isTie = /^\.?50*$/.test(exact.slice(end));
  const cut = exact.slice(0, end);
  return isTie && Number(cut.at(-1)) % 2 === 0 ? cut : undefined;
}

function general(value: number, precision: number | undefined): string {
  if (precision === undefined) return formatSignedFloat(value).replace(/^\+/, '');
  const digits = Math.max(precision, 1);
  const text = scientific(value, digits - 1);
  const exponent = Number(text.slice(text.indexOf('e') + 1));
  if (exponent < -4 || exponent >= digits) {
    return exponential(Number(text), digits - 1).replace(/\.?0+(?=e)/, '');
  }
  const decimal = Number(text).toFixed(digits - 1 - exponent);
  return decimal.includes('.') ? decimal.replace(/\.?0+$/, '') : decimal;
}

function signOf(isNegative: boolean, flags: string): string {
  return isNegative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
}
