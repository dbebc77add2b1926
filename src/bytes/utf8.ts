/**
 * Text in transit: UTF-8 bytes that may be invalid, kept without loss in JavaScript strings.
 * A byte that is not part of valid UTF-8 becomes the lone surrogate U+DC00 + byte (U+DC80–U+DCFF), same as Python's `surrogateescape`.
 */

/** A string of character codes 0–255, each of which is one byte of UTF-8. ASCII text is its own byte string. */
export type ByteString = string;

const replacementCharacter = '\ufffd';
const escapeBase = 0xdc00;

/**
 * Decodes `bytes[start, end)` as UTF-8. Never fails: invalid bytes become lone surrogates. The result does not refer to
 * `bytes`.
 */
export function decodeUtf8(bytes: Buffer, start = 0, end = bytes.length): string {
  const text = bytes.toString('utf8', start, end);
  return text.includes(replacementCharacter) ? decodeEscaping(bytes, start, end) : text;
}

/** Returns the bytes that {@link decodeUtf8} decoded. A lone surrogate that represents no byte becomes U+FFFD. */
export function encodeUtf8(text: string): Buffer {
  return text.isWellFormed() ? Buffer.from(text, 'utf8') : encodeEscaped(text);
}

/** Returns the UTF-8 bytes of `text`, one character each. */
export function toByteString(text: string): ByteString {
  return isAscii(text) ? text : encodeUtf8(text).toString('latin1');
}

/** Returns the text from which {@link toByteString} made `bytes`. */
export function fromByteString(bytes: ByteString): string {
  return isAscii(bytes) ? bytes : decodeUtf8(Buffer.from(bytes, 'latin1'));
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f) return false;
  }
  return true;
}

/**
 * Same as decodeUtf8, character by character. Used only if the text can contain an invalid byte. Linear in time and
 * memory.
 */
function decodeEscaping(bytes: Buffer, start: number, end: number): string {
  const units = new Uint16Array(end - start);
  let count = 0;
  let i = start;
  while (i < end) {
    const length = sequenceLength(bytes, i, end);
    if (length === 0) {
      units[count++] = escapeBase + bytes[i]!;
      i += 1;
      continue;
    }
    const codePoint = codePointAt(bytes, i, length);
    if (codePoint < 0x10000) {
      units[count++] = codePoint;
    } else {
      units[count++] = 0xd800 + ((codePoint - 0x10000) >> 10);
      units[count++] = 0xdc00 + (codePoint & 0x3ff);
    }
    i += length;
  }
  return Buffer.from(units.buffer, 0, count * 2).toString('utf16le');
}

function codePointAt(bytes: Buffer, i: number, length: number): number {
  if (length === 1) return bytes[i]!;
  let codePoint = bytes[i]! & (0x7f >> length);
  for (let k = 1; k < length; k++) codePoint = (codePoint << 6) | (bytes[i + k]! & 0x3f);
  return codePoint;
}

/** Returns the length of the valid UTF-8 sequence at `i`, or 0 (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF). */
function sequenceLength(bytes: Buffer, i: number, end: number): number {
  const lead = bytes[i]!;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (i + length > end) return 0;
  const second = bytes[i + 1]!;
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let k = 2; k < length; k++) {
    if ((bytes[i + k]! & 0xc0) !== 0x80) return 0;
  }
  return length;
}

function encodeEscaped(text: string): Buffer {
  const bytes = Buffer.allocUnsafe(text.length * 3);
  let length = 0;
  for (const character of text) {
    const code = character.charCodeAt(0);
    const isEscape = character.length === 1 && code >= escapeBase + 0x80 && code <= escapeBase + 0xff;
    if (isEscape) bytes[length++] = code - escapeBase;
    else length += bytes.write(character.isWellFormed() ? character : replacementCharacter, length, 'utf8');
  }
  return bytes.subarray(0, length);
}
