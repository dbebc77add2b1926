import { decodeUtf8, encodeUtf8, toByteString } from '#bytes/utf8.ts';
import { formatSignedFloat } from '#go/format.ts';
import { quoteGo } from '#go/quote.ts';
import { OttlError } from '../ottl-error.ts';
import { goType, isArray, isMap, isSlice, type OttlValue } from '../value.ts';

/** `%`, flags, width and precision (digits, or `*` for an argument), the number of an argument in brackets, and the verb. */
const directive = /%([-+# 0]*)(\[[^\]]*\])?(\d{1,3}|\*)?(?:(\.)(\[[^\]]*\])?(\d{1,2}|\*)?)?(\[[^\]]*\])?(.)?/gsu;

interface Directive {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly verb: string;
}

/** Largest width and precision, which limit the length of texts. */
const widest = { width: 999, precision: 99 };

/**
 * Formats like Go's `fmt.Sprintf`. A value that does not match its verb is formatted as in Go (`%!d(string=a)`).
 * @throws OttlError for lists with a verb other than `%v`, for times, for `%#v` of lists and maps, and for large widths
 */
export function goSprintf(format: string, values: readonly OttlValue[]): string {
  const given = new Arguments(values);
  const text = format.replace(directive, (...match) => {
    const [, flags, first, width, point, second, digits, third, verb] = match as (string | undefined)[];
    given.select(first);
    const wide = given.size(width, widest.width);
    if (point !== undefined) given.select(second);
    const precise = point === undefined ? undefined : given.size(digits ?? '0', widest.precision);
    given.select(third);
    const problem = `${wide === 'bad' ? '%!(BADWIDTH)' : ''}${precise === 'bad' ? '%!(BADPREC)' : ''}`;
    if (verb === undefined) return `${problem}%!(NOVERB)`;
    if (verb === '%') return `${problem}%`;
    if (/\d/.test(verb)) throw new OttlError('Format writes a width of at most 999 and a precision of at most 99');
    if (given.isWrong) return `${problem}%!${verb}(BADINDEX)`;
    if (!given.hasNext) return `${problem}%!${verb}(MISSING)`;
    const size = typeof wide === 'number' ? wide : 0;
    return (
      problem +
      formatted(given.next(), {
        flags: `${flags}${size < 0 ? '-' : ''}`,
        width: Math.abs(size),
        precision: typeof precise === 'number' && precise >= 0 ? precise : undefined,
        verb,
      })
    );
  });
  const extra = given.unused.map((value) => (value === undefined ? '<nil>' : `${goType(value)}=${plain(value)}`));
  return extra.length === 0 ? text : `${text}%!(EXTRA ${extra.join(', ')})`;
}

/** The arguments of a format, in order unless brackets select one. */
class Arguments {
  readonly #values: readonly OttlValue[];
  #next = 0;
  #isReordered = false;
  isWrong = false;

  constructor(values: readonly OttlValue[]) {
    this.#values = values;
  }

  get hasNext(): boolean {
    return this.#next < this.#values.length;
  }

  next(): OttlValue {
    return this.#values[this.#next++];
  }

  /** Arguments that no verb has used. After brackets, Go does not look for them. */
  get unused(): readonly OttlValue[] {
    return this.#isReordered ? [] : this.#values.slice(this.#next);
  }

  /** Continues with the argument in brackets, such as `[2]`. */
  select(brackets: string | undefined): void {
    if (brackets === undefined) return;
    this.#isReordered = true;
    const number = /^\[(\d+)\]$/.exec(brackets)?.[1];
    const index = Number(number) - 1;
    this.isWrong = number === undefined || index < 0 || index >= this.#values.length;
    if (!this.isWrong) this.#next = index;
  }

  /** Returns a width or precision. `bad`: the argument for `*` is no number. */
  size(text: string | undefined, limit: number): number | 'bad' {
    if (text !== '*') return Number(text ?? 0);
    const value = this.hasNext ? this.next() : undefined;
    if (typeof value !== 'bigint') return 'bad';
    const size = Number(value);
    if (Math.abs(size) > limit) throw new OttlError(`Format writes a width or precision of at most ${limit}`);
    return size;
  }
}

function formatted(value: OttlValue, how: Directive): string {
  if (how.verb === 'T') return padded(value === undefined ? '<nil>' : goType(value), how, false);
  if (how.verb === 'v' && how.flags.includes('#')) return padded(source(value, how), how, false);
  // A plus has no effect with %v.
  const text = how.verb === 'v' ? plain(value, { ...how, flags: how.flags.replace('+', '') }) : ofKind(value, how);
  if (text !== undefined) return padded(text, how, typeof value === 'bigint' || typeof value === 'number');
  const shown = value === undefined ? '<nil>' : `${goType(value)}=${plain(value)}`;
  return `%!${how.verb}(${shown})`;
}

/** Returns undefined if the verb does not match. */
function ofKind(value: OttlValue, how: Directive): string | undefined {
  if (how.verb === 'U' && typeof value === 'bigint') return codePoint(value, how.flags);
  if (!/[sqtdboOxXceEfFgG]/.test(how.verb)) return undefined;
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

/** Formats `%U`: `U+0041`, with `#` also the character. */
function codePoint(value: bigint, flags: string): string {
  const digits = BigInt.asUintN(64, value).toString(16).toUpperCase().padStart(4, '0');
  const isShown = flags.includes('#') && value >= 0x20n && value <= 0x10ffffn;
  return `U+${digits}${isShown ? ` '${String.fromCodePoint(Number(value))}'` : ''}`;
}

/** Formats `%#v`: as in the source of a Go program. */
function source(value: OttlValue, how: Directive): string {
  if (value === undefined) return '<nil>';
  if (typeof value === 'string') return quoteGo(value);
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean') {
    return plain(value, { ...how, flags: how.flags.replaceAll('#', '').replace('+', '') });
  }
  if (value instanceof Uint8Array) return `[]byte{${[...value].map((byte) => `0x${byte.toString(16)}`).join(', ')}}`;
  throw new OttlError(`Format cannot write a ${goType(value)} with %#v: use %v`);
}

const radixes: Readonly<Record<string, number>> = { d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };
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
  return signOf(value < 0n, flags) + (verb === 'O' ? '0o' : flags.includes('#') ? (prefixes[verb] ?? '') : '') + digits;
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
