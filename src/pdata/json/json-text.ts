import { DecodeError } from '../protobuf/decode-error.ts';

const quote = 0x22;
const backslash = 0x5c;
const letterU = 0x75;
const replacement = 0xfffd;

const shortEscapes = new Map([
  [quote, quote],
  [backslash, backslash],
  [0x2f, 0x2f],
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
]);

/**
 * Reads the strings of a JSON text as UTF-8 bytes, without checking them. A lone surrogate escape becomes U+FFFD. Same
 * as the Collector, control characters are refused except after an escape.
 */
export class JsonText {
  readonly #bytes: Buffer;
  #out: Buffer = Buffer.alloc(0);
  #length = 0;
  /** After `read`: the position behind the closing quote. */
  position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /**
   * Reads the string whose first byte after the quote is at `start`. The result is a view that is valid until the next
   * call.
   */
  read(start: number): Buffer {
    const bytes = this.#bytes;
    for (let end = start; end < bytes.length; end++) {
      const byte = bytes[end]!;
      if (byte === quote) {
        this.position = end + 1;
        return bytes.subarray(start, end);
      }
      if (byte === backslash) return this.#readEscaped(start, end);
      if (byte < 0x20) throw refused(end, `invalid control character found: ${byte}`);
    }
    throw refused(bytes.length, 'unexpected end of input');
  }

  #readEscaped(start: number, firstEscape: number): Buffer {
    const bytes = this.#bytes;
    const end = this.#end(firstEscape);
    // An escape sequence is at least as long as the bytes that it represents.
    if (this.#out.length < end - start) this.#out = Buffer.allocUnsafe(end - start);
    this.#length = bytes.copy(this.#out, 0, start, firstEscape);
    this.position = firstEscape;
    while (this.position < end) {
      const byte = bytes[this.position++]!;
      if (byte === backslash) this.#escape();
      else this.#out[this.#length++] = byte;
    }
    this.position = end + 1;
    return this.#out.subarray(0, this.#length);
  }

  /** Returns the position of the closing quote. */
  #end(from: number): number {
    const bytes = this.#bytes;
    for (let position = from; position < bytes.length; position++) {
      if (bytes[position] === quote) return position;
      if (bytes[position] === backslash) position++;
    }
    throw refused(bytes.length, 'unexpected end of input');
  }

  /** Reads an escape sequence after its backslash. */
  #escape(): void {
    const byte = this.#bytes[this.position++]!;
    if (byte === letterU) {
      this.#unicode();
      return;
    }
    const meaning = shortEscapes.get(byte);
    if (meaning === undefined) throw refused(this.position, 'invalid escape char after \\');
    this.#out[this.#length++] = meaning;
  }

  /**
   * Reads the escape sequence after `\u`: one character, or two that can form a pair. If a surrogate is invalid, so is
   * the escape sequence after it.
   */
  #unicode(): void {
    const first = this.#hex4();
    if (!isSurrogate(first) || this.#bytes[this.position] !== backslash) {
      this.#character(first);
      return;
    }
    this.position++;
    if (this.#bytes[this.position] !== letterU) {
      this.#character(first);
      this.#escape();
      return;
    }
    this.position++;
    const second = this.#hex4();
    if (first < 0xdc00 && second >= 0xdc00 && second < 0xe000) {
      this.#character(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00));
      return;
    }
    this.#character(first);
    this.#character(second);
  }

  #hex4(): number {
    const digits = this.#bytes.toString('latin1', this.position, this.position + 4);
    if (!/^[0-9a-f]{4}$/i.test(digits)) throw refused(this.position, 'expects 0~9 or a~f');
    this.position += 4;
    return Number.parseInt(digits, 16);
  }

  #character(codePoint: number): void {
    const text = String.fromCodePoint(isSurrogate(codePoint) ? replacement : codePoint);
    this.#length += this.#out.write(text, this.#length, 'utf8');
  }
}

function isSurrogate(codePoint: number): boolean {
  return codePoint >= 0xd800 && codePoint < 0xe000;
}

function refused(position: number, problem: string): DecodeError {
  return new DecodeError(`ReadString: ${problem}, error found at byte ${position}`);
}
