import { parseGoFloat } from '#go/float.ts';
import { DecodeError } from '../protobuf/decode-error.ts';
import { JsonText } from './json-text.ts';

const quote = 0x22;
const comma = 0x2c;
const minus = 0x2d;
const dot = 0x2e;
const colon = 0x3a;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const letterN = 0x6e;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Arrays and objects inside each other, in a value that is passed over. */
const maxSkippedDepth = 10000;

/** What is passed over as a number, however large. Any other number that is passed over must be a double, as in the collector. */
const plainNumber = /^(?:-(?=.)|(?!0\d)(?=\d))\d*(?:\.\d+)?$/;

const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;

/**
 * Pull reader of JSON bytes that is as lenient as the Collector's (docs/reference/collector-behaviour.md#otlp-json). It does not
 * track open objects and lists: `{`, `,`, `}`, and `null` are interpreted only at the current position. Text after the last
 * requested value is not read. 64-bit integers are exact.
 * @throws DecodeError whose message names the offset but contains no part of the body
 */
export class JsonReader {
  readonly #bytes: Buffer;
  readonly #text: JsonText;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    this.#text = new JsonText(bytes);
  }

  /**
   * The next key of the object that begins or goes on here, one character for each byte; `''` at its end. `null` is an object
   * without keys, and so is the rest of one after an empty key.
   */
  key(): string {
    const first = this.#token();
    if (first === closeBrace) return '';
    if (first === letterN) return this.#rest('ull');
    if (first === openBrace) {
      const next = this.#token();
      if (next === closeBrace) return '';
      if (next !== quote) throw this.error('ReadObject', 'expect " after {');
      this.#position--;
    } else if (first !== comma) {
      throw this.error('ReadObject', 'expect { or , or } or n');
    }
    const key = this.text();
    if (this.#token() !== colon) throw this.error('ReadObject', 'expect : after object field');
    return key;
  }

  /** Whether the array that begins or goes on here has another element. `null` is an empty array. */
  hasElement(): boolean {
    switch (this.#token()) {
      case openBracket:
        if (this.#token() === closeBracket) return false;
        this.#position--;
        return true;
      case comma:
        return true;
      case closeBracket:
        return false;
      case letterN:
        this.#rest('ull');
        return false;
      default:
        throw this.error('ReadArray', 'expect [ or , or ] or n');
    }
  }

  /** A string's UTF-8 bytes (a view, good until the next call), as they are: not checked. `null` is empty. */
  utf8(): Buffer {
    const first = this.#token();
    if (first === letterN) this.#rest('ull');
    else if (first !== quote) throw this.error('ReadString', 'expects " or n');
    else {
      const value = this.#text.read(this.#position);
      this.#position = this.#text.position;
      return value;
    }
    return this.#bytes.subarray(0, 0);
  }

  /** A string, one character for each byte of UTF-8. `null` is empty. */
  text(): string {
    return this.utf8().latin1Slice();
  }

  /** What stands between two quotes, escapes not undone; one character for each byte. */
  verbatim(): string {
    if (this.#token() !== quote) throw this.error('ReadStringAsSlice', 'expects "');
    const end = this.#bytes.indexOf(quote, this.#position);
    if (end < 0) throw this.#endOfInput();
    const text = this.#bytes.latin1Slice(this.#position, end);
    this.#position = end + 1;
    return text;
  }

  /** `true` or `false`. */
  boolean(): boolean {
    const first = this.#token();
    if (first === 0x74) return this.#rest('rue') === '';
    if (first === 0x66) return this.#rest('alse') !== '';
    throw this.error('ReadBool', 'expect t or f');
  }

  /** An integer from a number or a decimal string, within `[min, max]`. */
  integer(min: bigint, max: bigint): bigint {
    const isText = this.#nextIsText('ReadInt');
    const digits = isText ? this.text() : this.#integerDigits();
    if (!/^[+-]?\d+$/.test(digits) || (min === 0n && !isDigit(digits.charCodeAt(0)))) {
      throw this.error('ReadInt', 'invalid syntax');
    }
    const significant = digits.replace(/^\+?0*(?=\d)/, '').replace(/^-0*(?=\d)/, '-');
    if (significant.length <= 20) {
      const value = BigInt(significant);
      if (value >= min && value <= max) return value;
    }
    throw this.error('ReadInt', 'value out of range');
  }

  /** A double from a number or from text as Go writes it (`NaN`, `-Inf`, `0x1p-2`). */
  double(): number {
    const isText = this.#nextIsText('ReadFloat64');
    const value = isText ? parseGoFloat(this.text()) : this.#number();
    if (value === undefined) throw this.error('ReadFloat64', 'invalid syntax or value out of range');
    return value;
  }

  /** Whether the next value is a string; anything but a string or a number is refused. */
  #nextIsText(operation: string): boolean {
    const first = this.#token();
    this.#position--;
    if (first === quote) return true;
    if (first === minus || isDigit(first)) return false;
    throw this.error(operation, 'unsupported value type');
  }

  /** Like the enums of protobuf's JSON: a number, or one of the names. */
  enumeration(numbers: ReadonlyMap<string, number>): number {
    if (!this.#nextIsText('ReadEnumValue')) return Number(this.integer(-(2n ** 31n), 2n ** 31n - 1n));
    const number = numbers.get(this.text());
    if (number === undefined) throw this.error('ReadEnumValue', 'unknown string value');
    return number;
  }

  /** Passes over one value of any kind. */
  skip(): void {
    const closers: number[] = [];
    for (;;) {
      const opened = this.#skipToken();
      if (opened !== 0) {
        closers.push(opened);
        if (closers.length > maxSkippedDepth) throw this.error('Skip', 'exceeded max depth');
        if (this.#isEmpty(opened)) closers.pop();
        else {
          if (opened === closeBrace) this.#skipKey();
          continue;
        }
      }
      // A value has ended: so may the arrays and objects around it.
      for (;;) {
        const closer = closers.at(-1);
        if (closer === undefined) return;
        const next = this.#token();
        if (next === comma) {
          if (closer === closeBrace) this.#skipKey();
          break;
        }
        if (next !== closer) throw this.error('Skip', `expect ${String.fromCharCode(closer)} or ,`);
        closers.pop();
      }
    }
  }

  /** A refusal at the byte where the reader stands. */
  error(operation: string, problem: string): DecodeError {
    return new DecodeError(`${operation}: ${problem}, error found at byte ${this.#position}`);
  }

  /** Passes over a plain value, or over the opening of an array or object, whose closing byte is returned (else 0). */
  #skipToken(): number {
    const first = this.#token();
    switch (first) {
      case openBrace:
        return closeBrace;
      case openBracket:
        return closeBracket;
      case quote:
        this.#position--;
        this.utf8();
        return 0;
      case 0x74:
        this.#rest('rue');
        return 0;
      case 0x66:
        this.#rest('alse');
        return 0;
      case letterN:
        this.#rest('ull');
        return 0;
    }
    if (first !== minus && !isDigit(first)) throw this.error('Skip', 'do not know how to skip');
    this.#position--;
    const start = this.#position;
    const text = this.#numberText();
    if (plainNumber.test(text)) return 0;
    this.#position = start;
    if (this.#number() === undefined) throw this.error('Skip', 'invalid number or value out of range');
    return 0;
  }

  #isEmpty(closer: number): boolean {
    if (this.#token() === closer) return true;
    this.#position--;
    return false;
  }

  #skipKey(): void {
    this.utf8();
    if (this.#token() !== colon) throw this.error('ReadObject', 'expect : after object field');
  }

  /** The digits of a number that must be whole, as they stand, with a minus. After a leading zero no more are read. */
  #integerDigits(): string {
    const start = this.#position;
    const bytes = this.#bytes;
    let end = bytes[start] === minus ? start + 1 : start;
    if (bytes[end] === 0x30) end++;
    else while (end < bytes.length && isDigit(bytes[end]!)) end++;
    this.#position = end;
    if (bytes[end] === dot) throw this.error('assertInteger', 'can not decode float as int');
    return bytes.latin1Slice(start, end);
  }

  /** A JSON number; undefined when it is too large. */
  #number(): number | undefined {
    const isNegative = this.#bytes[this.#position] === minus;
    if (isNegative) this.#position++;
    const text = this.#numberText();
    if (text === '' || /^[.-]|^0\d|\.(?!\d)/.test(text) || !/^\+?[\d.]+(?:e[+-]?\d+)?$/i.test(text)) {
      throw this.error('ReadFloat64', 'invalid number');
    }
    const value = parseGoFloat(text);
    return value !== undefined && isNegative ? -value : value;
  }

  /** What looks like a number. */
  #numberText(): string {
    const bytes = this.#bytes;
    const start = this.#position;
    let end = start;
    while (end < bytes.length && isInNumber(bytes[end]!)) end++;
    this.#position = end;
    return bytes.latin1Slice(start, end);
  }

  /** The next byte that is no blank; the position is after it. */
  #token(): number {
    const bytes = this.#bytes;
    for (let position = this.#position; position < bytes.length; position++) {
      const byte = bytes[position]!;
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) {
        this.#position = position + 1;
        return byte;
      }
    }
    throw this.#endOfInput();
  }

  #rest(letters: string): '' {
    const end = this.#position + letters.length;
    if (this.#bytes.toString('latin1', this.#position, end) !== letters) throw this.error('Read', `expect ${letters}`);
    this.#position = end;
    return '';
  }

  #endOfInput(): DecodeError {
    this.#position = this.#bytes.length;
    return this.error('Read', 'unexpected end of input');
  }
}

function isInNumber(byte: number): boolean {
  return isDigit(byte) || byte === dot || byte === minus || byte === 0x2b || byte === 0x65 || byte === 0x45;
}
