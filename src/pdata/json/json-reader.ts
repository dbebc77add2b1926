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

/** Maximum nesting depth of a skipped value. */
const maxSkippedDepth = 10000;

/** A skipped number of any size. Same as the Collector, a skipped number in any other form must be a double. */
const plainNumber = /^(?:-(?=.)|(?!0\d)(?=\d))\d*(?:\.\d+)?$/;

const isDigit = (byte: number) => byte >= 0x30 && byte <= 0x39;

/**
 * Pull reader of JSON bytes that is as lenient as the Collector's (docs/reference/collector-behaviour.md#otlp-json). It
 * does not track open objects and lists: `{`, `,`, `}`, and `null` are interpreted only at the current position. Text
 * after the last requested value is not read. 64-bit integers are exact.
 * @throws DecodeError whose message contains the offset but no part of the body
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
   * Returns the next key of the object at the current position, one character per byte, or `''` at its end. `null` is
   * an object without keys. After an empty key, the rest of an object is also treated as empty.
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

  /** Whether the array at the current position has another element. `null` is an empty array. */
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

  /**
   * Returns the UTF-8 bytes of a string without checking them. They are a view that is valid until the next call.
   * `null` is empty.
   */
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

  /** Returns a string, one character per byte of UTF-8. `null` is empty. */
  text(): string {
    return this.utf8().latin1Slice();
  }

  /** Returns the text between two quotes with its escape sequences, one character per byte. */
  verbatim(): string {
    if (this.#token() !== quote) throw this.error('ReadStringAsSlice', 'expects "');
    const end = this.#bytes.indexOf(quote, this.#position);
    if (end < 0) throw this.#endOfInput();
    const text = this.#bytes.latin1Slice(this.#position, end);
    this.#position = end + 1;
    return text;
  }

  /** Reads `true` or `false`. */
  boolean(): boolean {
    const first = this.#token();
    if (first === 0x74) return this.#rest('rue') === '';
    if (first === 0x66) return this.#rest('alse') !== '';
    throw this.error('ReadBool', 'expect t or f');
  }

  /** Reads an integer from a number or a decimal string, within `[min, max]`. */
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

  /** Reads a double from a number or from text in Go's format (`NaN`, `-Inf`, `0x1p-2`). */
  double(): number {
    const isText = this.#nextIsText('ReadFloat64');
    const value = isText ? parseGoFloat(this.text()) : this.#number();
    if (value === undefined) throw this.error('ReadFloat64', 'invalid syntax or value out of range');
    return value;
  }

  /** Whether the next value is a string. Throws unless it is a string or a number. */
  #nextIsText(operation: string): boolean {
    const first = this.#token();
    this.#position--;
    if (first === quote) return true;
    if (first === minus || isDigit(first)) return false;
    throw this.error(operation, 'unsupported value type');
  }

  /** Reads an enum as protobuf's JSON defines it: a number or one of the names. */
  enumeration(numbers: ReadonlyMap<string, number>): number {
    if (!this.#nextIsText('ReadEnumValue')) return Number(this.integer(-(2n ** 31n), 2n ** 31n - 1n));
    const number = numbers.get(this.text());
    if (number === undefined) throw this.error('ReadEnumValue', 'unknown string value');
    return number;
  }

  /** Skips one value of any kind. */
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
      // A value has ended, and the arrays and objects around it might end here too.
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

  /** Returns an error at the current byte. */
  error(operation: string, problem: string): DecodeError {
    return new DecodeError(`${operation}: ${problem}, error found at byte ${this.#position}`);
  }

  /**
   * Skips a scalar value, or the opening of an array or object. Returns the closing byte of the latter, otherwise 0.
   */
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

  /** Returns the digits of a number that must be whole, unchanged, with its sign. Stops after a leading zero. */
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

  /** Reads a JSON number. Returns undefined if it is too large. */
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

  /** Returns the characters that can belong to a number. */
  #numberText(): string {
    const bytes = this.#bytes;
    const start = this.#position;
    let end = start;
    while (end < bytes.length && isInNumber(bytes[end]!)) end++;
    this.#position = end;
    return bytes.latin1Slice(start, end);
  }

  /** Returns the next byte that is not a blank and moves behind it. */
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
