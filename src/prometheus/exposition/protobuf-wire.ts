import type { ByteString } from '#bytes/utf8.ts';

/* The protobuf wire format as ByteStrings. Tags of field numbers up to 15 have one byte, those of 16 to 2047 two. */

const bytes = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));

const double = new Float64Array(1);
const doubleBytes = new Uint8Array(double.buffer);

/** Encodes a whole number from 0 to 2^53. */
export function varint(value: number): ByteString {
  if (value < 0x80) return bytes[value] as string;
  if (value < 0x4000) return String.fromCharCode((value & 0x7f) | 0x80, value >> 7);
  let text = '';
  let rest = value;
  while (rest >= 0x80) {
    text += bytes[(rest % 0x80) | 0x80];
    rest = Math.floor(rest / 0x80);
  }
  return text + bytes[rest];
}

/** Encodes the 64 bits of a signed or unsigned number. */
function varint64(value: bigint): ByteString {
  let text = '';
  let rest = BigInt.asUintN(64, value);
  while (rest >= 0x80n) {
    text += bytes[Number(rest & 0x7fn) | 0x80];
    rest >>= 7n;
  }
  return text + bytes[Number(rest)];
}

/** Encodes a count as `uint64`. A field with the value 0 is written too, because the Collector sets all of them. */
export function uint64Field(field: number, count: bigint | number): ByteString {
  const value =
    typeof count === 'number' && count >= 0 && count <= Number.MAX_SAFE_INTEGER
      ? varint(count)
      : varint64(BigInt(count));
  return varint(field * 8) + value;
}

/** Encodes a `sint32` or `sint64`. */
export function zigzagField(field: number, value: number): ByteString {
  const magnitude = Math.abs(value) * 2;
  return varint(field * 8) + varint(value < 0 ? magnitude - 1 : magnitude);
}

/** Encodes the eight bytes of a double, least significant first. */
export function doubleField(field: number, value: number): ByteString {
  double[0] = value;
  const [a, b, c, d, e, f, g, h] = doubleBytes;
  return String.fromCharCode(field * 8 + 1, a!, b!, c!, d!, e!, f!, g!, h!);
}

/** Encodes a string or an embedded message. */
export function bytesField(field: number, content: ByteString): ByteString {
  return varint(field * 8 + 2) + varint(content.length) + content;
}
