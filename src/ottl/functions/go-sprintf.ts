import { decodeUtf8, encodeUtf8, toByteString } from '#bytes/utf8.ts';
import { formatDuration } from '#go/duration.ts';
import { quoteGo } from '#go/quote.ts';
import type { KeyValue, KeyValueList } from '#pdata/attributes.ts';
import { OttlError } from '../ottl-error.ts';
import { fixedZone, type TimeZone, utc } from '../time-zones.ts';
import { goType, idBytes, isArray, isId, isMap, isSlice, isTime, type OttlValue, type TimeValue } from '../value.ts';
import { type Directive, ofDouble, ofInteger } from './go-sprintf-numbers.ts';
import { timeWriter } from './time-format.ts';

/** `%`, flags, width and precision (digits, or `*` for an argument), the number of an argument in brackets, and the verb. */
const directive = /%([-+# 0]*)(\[[^\]]*\])?(\d{1,3}|\*)?(?:(\.)(\[[^\]]*\])?(\d{1,2}|\*)?)?(\[[^\]]*\])?(.)?/gsu;

/** Largest width and precision, which limit the length of texts. */
const widest = { width: 999, precision: 99 };

/**
 * Formats like Go's `fmt.Sprintf`. A value that does not match its verb is formatted as in Go (`%!d(string=a)`).
 * The Collector writes the addresses in its memory for maps and lists of pipeline data; this function writes their elements.
 * @throws OttlError for `%d` of times in other zones than UTC, for parts of pipeline data, and for large widths
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
  const extra = given.unused.map((value) => described(value));
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
  const parts = partsOf(value, how);
  if (parts !== undefined) return parts;
  // A plus has no effect with %v.
  const text = how.verb === 'v' ? plain(value, { ...how, flags: how.flags.replace('+', '') }) : ofKind(value, how);
  if (text !== undefined) return padded(text, how, typeof value === 'bigint' || typeof value === 'number');
  return `%!${how.verb}(${described(value, isTime(value) ? String(value.nanoseconds) : undefined)})`;
}

/** Formats the elements of a list or map, each with the verb and the width. Undefined for other values. */
function partsOf(value: OttlValue, how: Directive): string | undefined {
  const part = (each: OttlValue) => (each === undefined ? padded('<nil>', how, false) : formatted(each, how));
  if (isMap(value))
    return `map[${byKey(value)
      .map(({ key, value: each }) => `${key}:${part(each)}`)
      .join(' ')}]`;
  if (isArray(value) || isSlice(value)) return `[${value.values.map(part).join(' ')}]`;
  const isNumeric = /[vdboOc]/.test(how.verb);
  if (value instanceof Uint8Array && isNumeric) return `[${integers(value, how).join(' ')}]`;
  const isOwnText = how.verb === 'v' || how.verb === 'c';
  return isId(value) && isNumeric && !isOwnText ? `[${integers(idBytes(value), how).join(' ')}]` : undefined;
}

function integers(bytes: Uint8Array, how: Directive): string[] {
  const verb = how.verb === 'v' ? 'd' : how.verb;
  return [...bytes].map((byte) => padded(ofInteger(BigInt(byte), { ...how, verb })!, how, true));
}

function byKey({ entries }: KeyValueList): readonly KeyValue[] {
  return [...entries].sort((a, b) => (toByteString(a.key) < toByteString(b.key) ? -1 : 1));
}

/** Formats a value with its type, for verbs that do not match it and for superfluous arguments. */
function described(value: OttlValue, text = plain(value)): string {
  return value === undefined ? '<nil>' : `${goType(value)}=${text}`;
}

/** Returns undefined if the verb does not match. */
function ofKind(value: OttlValue, how: Directive): string | undefined {
  switch (typeof value) {
    case 'string':
      return ofText(value, how);
    case 'bigint':
      return how.verb === 'U' ? codePoint(value, how.flags) : ofInteger(value, how);
    case 'number':
      return ofDouble(value, how);
    case 'boolean':
      return how.verb === 't' ? String(value) : undefined;
    case 'undefined':
      return undefined;
  }
  if (value instanceof Uint8Array) return ofText(decodeUtf8(Buffer.from(value)), how);
  if (/[sqxX]/.test(how.verb)) return ofText(plain(value), how);
  if (isTime(value) && value.kind === 'duration') return ofKind(value.nanoseconds, how);
  const fields = isTime(value) ? timeFields(value, how) : undefined;
  if (fields !== undefined) return fields;
  throw new OttlError(`Format cannot write a ${goType(value)} with %${how.verb}: use %v`);
}

/** Seconds from the year 1 to 1970: Go's times begin there. */
const secondsBefore1970 = 62_135_596_800n;

/**
 * Formats the fields of Go's time in UTC: the nanoseconds, the seconds since the year 1, and no zone. Undefined for other verbs, and for
 * other zones, for which Go writes an address in its memory.
 */
function timeFields({ nanoseconds, zone = utc }: TimeValue, how: Directive): string | undefined {
  if (zone.name !== 'UTC' || !/[dbo]/.test(how.verb)) return undefined;
  const second = 1_000_000_000n;
  const fraction = ((nanoseconds % second) + second) % second;
  const fields = [fraction, (nanoseconds - fraction) / second + secondsBefore1970, 0n];
  return `{${fields.map((field) => padded(ofInteger(field, how)!, how, true)).join(' ')}}`;
}

function ofText(value: string, { verb, flags, precision }: Directive): string | undefined {
  if (verb === 'x' || verb === 'X') return bytesInHexadecimal(value, { verb, flags, precision });
  const cut = precision === undefined ? value : [...value].slice(0, precision).join('');
  if (verb === 's') return cut;
  if (verb !== 'q') return undefined;
  if (flags.includes('#') && canBackquote(cut)) return `\`${cut}\``;
  return flags.includes('+') ? asciiOnly(quoteGo(cut)) : quoteGo(cut);
}

/** Formats `%x` of a text. `#` begins with `0x`; a blank separates the bytes. */
function bytesInHexadecimal(value: string, { verb, flags, precision }: Omit<Directive, 'width'>): string {
  const bytes = [...encodeUtf8(value).subarray(0, precision)].map((byte) => byte.toString(16).padStart(2, '0'));
  if (bytes.length === 0) return '';
  const prefix = flags.includes('#') ? '0x' : '';
  const text = flags.includes(' ') ? bytes.map((byte) => prefix + byte).join(' ') : prefix + bytes.join('');
  return verb === 'X' ? text.toUpperCase() : text;
}

/** Returns whether Go can write a text in backquotes: it has none, and no control characters except tabs. */
function canBackquote(text: string): boolean {
  return !/[`\ufeff\ufffd\u007f]|[^\P{Cc}\t\u0080-\u009f]/u.test(text);
}

function asciiOnly(quoted: string): string {
  return quoted.replace(/[^\x20-\x7e]/gu, (character) => {
    const code = character.codePointAt(0)!.toString(16);
    return code.length <= 4 ? `\\u${code.padStart(4, '0')}` : `\\U${code.padStart(8, '0')}`;
  });
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
  if (value instanceof Uint8Array) return `[]byte{${hexadecimal(value)}}`;
  if (isId(value)) return `${goType(value)}{${hexadecimal(idBytes(value))}}`;
  if (isTime(value) && value.kind === 'duration') return String(value.nanoseconds);
  const part = (each: OttlValue) => (each === undefined ? 'interface {}(nil)' : source(each, how));
  if (isSlice(value)) return `${goType(value)}{${value.values.map(part).join(', ')}}`;
  if (isArray(value)) return `[]interface {}{${value.values.map(part).join(', ')}}`;
  if (isMap(value)) {
    const entries = byKey(value).map(({ key, value: each }) => `${quoteGo(key)}:${part(each)}`);
    return `map[string]interface {}{${entries.join(', ')}}`;
  }
  if (isTime(value)) return `time.Date(${writeDate(value)}, ${zoneSource(value.zone ?? utc)})`;
  throw new OttlError(`Format cannot write a ${goType(value)} with %#v: use %v`);
}

const writeDay = timeWriter('%Y, time.%B, %g');

function writeDate(time: TimeValue): string {
  const second = 1_000_000_000n;
  const fraction = ((time.nanoseconds % second) + second) % second;
  const ms = Number((time.nanoseconds - fraction) / 1_000_000n);
  const date = new Date(ms + (time.zone ?? utc).offsetAt(ms));
  const clock = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds(), fraction];
  return [writeDay(time), ...clock].join(', ');
}

function zoneSource({ name }: TimeZone): string {
  return name === 'UTC' || name === 'Local' ? `time.${name}` : `time.Location(${quoteGo(name)})`;
}

function hexadecimal(bytes: Uint8Array): string {
  return [...bytes].map((byte) => `0x${byte.toString(16)}`).join(', ');
}

/** Formats `%v`. */
function plain(value: OttlValue, how: Directive = { flags: '', width: 0, precision: undefined, verb: 'v' }): string {
  if (value === undefined) return '<nil>';
  if (typeof value === 'string') return ofText(value, { ...how, verb: 's' })!;
  if (typeof value === 'bigint') return ofInteger(value, { ...how, verb: 'd' })!;
  if (typeof value === 'number') return ofDouble(value, { ...how, verb: 'g' })!;
  if (typeof value === 'boolean') return String(value);
  if (isId(value)) return ofText(Buffer.from(idBytes(value)).toString('hex'), { ...how, verb: 's' })!;
  if (isTime(value)) return ofText(timeText(value), { ...how, verb: 's' })!;
  const parts = partsOf(value, { ...how, verb: 'v' });
  if (parts !== undefined) return parts;
  throw new OttlError(`Format cannot write a ${goType(value)}`);
}

const writeTime = timeWriter('%Y-%m-%d %H:%M:%S.%s');

/** Returns the text of a duration, and of a time with its zone. */
function timeText(time: TimeValue): string {
  if (time.kind === 'duration') return formatDuration(Number(time.nanoseconds) / 1e6);
  const zone = time.zone ?? utc;
  const ms = Number(time.nanoseconds / 1_000_000n);
  const offset = fixedZone(zone.offsetAt(ms)).abbreviationAt(ms);
  return `${writeTime(time)} ${offset} ${zone.abbreviationAt(ms)}`;
}

function padded(text: string, { flags, width }: Directive, isNumber: boolean): string {
  const missing = width - [...text].length;
  if (missing <= 0) return text;
  if (flags.includes('-')) return text + ' '.repeat(missing);
  if (!flags.includes('0')) return ' '.repeat(missing) + text;
  const sign = isNumber ? (/^[-+ ]?(?:0[xX])?/.exec(text)?.[0] ?? '') : '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}
