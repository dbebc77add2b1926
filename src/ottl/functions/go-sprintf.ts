import { decodeUtf8, encodeUtf8, toByteString } from '#bytes/utf8.ts';
import { formatSignedFloat } from '#go/format.ts';
import { quoteGo } from '#go/quote.ts';
import { OttlError } from '../ottl-error.ts';
import { goType, isArray, isMap, isSlice, type OttlValue } from '../value.ts';

/** `%`, flags, width, precision and the verb. */
const directive = /%([-+# 0]*)(\d{1,3})?(?:\.(\d{1,2})?)?(.)?/gsu;

interface Directive {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly verb: string;
}

/**
 * Formats like Go's `fmt.Sprintf`, for the verbs that attribute values need: `%v %s %q %t %d %b %o %x %X %c %e %E %f %F
 * %g %G`. A value that does not match its verb is formatted as in Go (`%!d(string=a)`).
 * @throws OttlError for other verbs, maps and times, lists with a verb other than `%v`, and `*` as a width
 */
export function goSprintf(format: string, values: readonly OttlValue[]): string {
  let used = 0;
  const text = format.replace(directive, (_, flags: string, width = '', point?: string, verb?: string) => {
    if (verb === '%') return '%';
    if (verb === undefined) return '%!(NOVERB)';
    if (used >= values.length) return `%!${verb}(MISSING)`;
    const precision = _.includes('.') ? Number(point ?? 0) : undefined;
    return formatted(values[used++], { flags, width: Number(width), precision, verb });
  });
  const extra = values.slice(used).map((value) => (value === undefined ? '<nil>' : `${goType(value)}=${plain(value)}`));
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.join(', ')})`;
}

function formatted(value: OttlValue, how: Directive): string {
  // A plus has no effect with %v.
  const text = how.verb === 'v' ? plain(value, { ...how, flags: how.flags.replace('+', '') }) : ofKind(value, how);
  if (text !== undefined) return padded(text, how, typeof value === 'bigint' || typeof value === 'number');
  const shown = value === undefined ? '<nil>' : `${goType(value)}=${plain(value)}`;
  return `%!${how.verb}(${shown})`;
}

/** Returns undefined if the verb does not match. */
function ofKind(value: OttlValue, how: Directive): string | undefined {
  if (!/[sqtdboxXceEfFgG]/.test(how.verb)) throw new OttlError(`Format has no verb %${how.verb}`);
  switch (typeof value) {
    case 'string':
      return ofText(value, how);
    case 'bigint':
      return ofInteger(value, how);
    case 'number':
      return ofDouble(value, how);
    case 'boolean':
      return how.verb === 't' ? String(value) : undefined;
    case 'undefined':
      return undefined;
  }
  if (value instanceof Uint8Array) return ofText(decodeUtf8(Buffer.from(value)), how);
  throw new OttlError(`Format cannot write a ${goType(value)} with %${how.verb}`);
}

function ofText(value: string, { verb, precision }: Directive): string | undefined {
  const cut = precision === undefined ? value : [...value].slice(0, precision).join('');
  if (verb === 's') return cut;
  if (verb === 'q') return quoteGo(cut);
  if (verb === 'x') return encodeUtf8(cut).toString('hex');
  return verb === 'X' ? encodeUtf8(cut).toString('hex').toUpperCase() : undefined;
}

const radixes: Readonly<Record<string, number>> = { d: 10, b: 2, o: 8, x: 16, X: 16 };
const prefixes: Readonly<Record<string, string>> = { b: '0b', o: '0', x: '0x', X: '0X' };

function ofInteger(value: bigint, { verb, flags, precision }: Directive): string | undefined {
  if (verb === 'c' || verb === 'q') {
    const isCharacter = value >= 0n && value <= 0x10ffffn && (value < 0xd800n || value > 0xdfffn);
    const character = isCharacter ? String.fromCodePoint(Number(value)) : '\ufffd';
    return verb === 'c' ? character : `'${quoteGo(character).slice(1, -1)}'`;
  }
  const radix = radixes[verb];
  if (radix === undefined) return undefined;
  const magnitude = (value < 0n ? -value : value).toString(radix).padStart(precision ?? 0, '0');
  const digits = verb === 'X' ? magnitude.toUpperCase() : magnitude;
  return signOf(value < 0n, flags) + (flags.includes('#') ? (prefixes[verb] ?? '') : '') + digits;
}

function ofDouble(value: number, { verb, flags, precision }: Directive): string | undefined {
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

/** Formats `%v`. */
function plain(value: OttlValue, how: Directive = { flags: '', width: 0, precision: undefined, verb: 'v' }): string {
  if (value === undefined) return '<nil>';
  if (typeof value === 'string') return ofText(value, { ...how, verb: 's' })!;
  if (typeof value === 'bigint') return ofInteger(value, { ...how, verb: 'd' })!;
  if (typeof value === 'number') return ofDouble(value, { ...how, verb: 'g' })!;
  if (typeof value === 'boolean') return String(value);
  if (value instanceof Uint8Array) return `[${[...value].join(' ')}]`;
  if (isArray(value) || isSlice(value)) return `[${value.values.map((item) => plain(item)).join(' ')}]`;
  if (isMap(value)) {
    const entries = [...value.entries].sort((a, b) => (toByteString(a.key) < toByteString(b.key) ? -1 : 1));
    return `map[${entries.map(({ key, value: each }) => `${key}:${plain(each)}`).join(' ')}]`;
  }
  throw new OttlError(`Format cannot write a ${goType(value)}: convert it with String(…)`);
}

function padded(text: string, { flags, width }: Directive, isNumber: boolean): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  if (!flags.includes('0')) return ' '.repeat(missing) + text;
  const sign = isNumber ? (/^[-+ ]?(?:0[xX])?/.exec(text)?.[0] ?? '') : '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}
