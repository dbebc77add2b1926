/**
 * Text as its UTF-8 bytes: a string whose character codes are 0–255, one for each byte. ASCII text is its own ByteString.
 */
export type ByteString = string;

const notAscii = /[^\0-\x7f]/;
const escapedByte = /[\udc80-\udcff]/;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The text of UTF-8 bytes. Bytes that are not valid UTF-8 become lone surrogates U+DC80–U+DCFF, one for each byte, so that
 * nothing is lost: `encodeUtf8` gives them back and `isWellFormed()` tells.
 */
export function decodeUtf8(bytes: Buffer, start = 0, end = bytes.length): string {
  const latin1 = bytes.latin1Slice(start, end);
  if (!notAscii.test(latin1)) return latin1;
  const slice = bytes.subarray(start, end);
  try {
    return decoder.decode(slice);
  } catch {
    return decodeInvalid(slice);
  }
}

function decodeInvalid(bytes: Buffer): string {
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    text += length === 0 ? String.fromCharCode(0xdc00 + bytes[at]!) : bytes.utf8Slice(at, at + length);
    at += length || 1;
  }
  return text;
}

/** Bytes of the valid sequence at `at` (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF), or 0. */
function sequenceLength(bytes: Buffer, at: number): number {
  const lead = bytes[at]!;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (at + length > bytes.length) return 0;
  const second = bytes[at + 1]!;
  const lowest = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const highest = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  for (let next = at + 2; next < at + length; next++) if ((bytes[next]! & 0xc0) !== 0x80) return 0;
  return length;
}

/** The bytes of a text: the inverse of `decodeUtf8`. */
export function encodeUtf8(text: string): Buffer {
  return Buffer.from(toByteString(text), 'latin1');
}

/** The UTF-8 bytes of a text, one character each. */
export function toByteString(text: string): ByteString {
  if (!notAscii.test(text)) return text;
  if (!escapedByte.test(text)) return Buffer.from(text, 'utf8').latin1Slice();
  if (text.isWellFormed()) return Buffer.from(text, 'utf8').latin1Slice();
  let bytes = '';
  for (const character of text) {
    const code = character.codePointAt(0)!;
    const isByte = code >= 0xdc80 && code <= 0xdcff;
    bytes += isByte
      ? String.fromCharCode(code - 0xdc00)
      : code < 0x80
        ? character
        : Buffer.from(character).latin1Slice();
  }
  return bytes;
}
