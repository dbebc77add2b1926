import { DecodeError } from '#pdata/protobuf/decode-error.ts';
import type { Format } from './export-response.ts';
import { largeBytes } from './large-requests.ts';

/** First byte of an export request in protobuf: field 1, length-delimited. In JSON, the same byte is a line break. */
const firstTag = 0x0a;
const brace = 0x7b;
/** White space in JSON. */
const spaces: ReadonlySet<number | undefined> = new Set([0x20, 0x09, 0x0a, 0x0d]);

/** Maximum number of white-space bytes to check before the first brace of JSON. */
const maxSpaces = 64;

/** Number of bytes in which to search for the head of an HTTP request. */
const maxHead = 2_000;

/** Result of decoding a body: the result of `decode`, and whether the body was protobuf. */
interface Decoded<T> {
  readonly result: T;
  readonly isProtobuf: boolean;
}

/**
 * Decodes a body that is labeled as JSON and might be protobuf: Airflow 2 labels all of its requests that way. Calls
 * `decode` with the likelier format first, and with the other one if that throws a DecodeError.
 * @throws DecodeError of JSON if the body is neither
 */
export function decodeLabeledJson<T>(body: Buffer, decode: (format: Format) => T): Decoded<T> {
  const json = () => ({ result: decode('json'), isProtobuf: false });
  const protobuf = () => ({ result: decode('protobuf'), isProtobuf: true });
  if (body[0] !== firstTag) return json();
  if (isLikelyProtobuf(body)) return withoutDecodeError(protobuf) ?? json();
  try {
    return json();
  } catch (error) {
    const decoded = error instanceof DecodeError ? withoutDecodeError(protobuf) : undefined;
    if (decoded === undefined) throw error;
    return decoded;
  }
}

function withoutDecodeError<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof DecodeError) return undefined;
    throw error;
  }
}

/**
 * Whether a body that is labeled as JSON begins like protobuf. For a body of more than 8 KiB the result is certain,
 * because the encoded length contains bytes that are not white space.
 */
export function isLikelyProtobuf(body: Buffer): boolean {
  if (body[0] !== firstTag) return false;
  let at = 0;
  while (at < maxSpaces && spaces.has(body[at])) at += 1;
  return at < maxSpaces && body[at] !== brace;
}

/**
 * Returns the part of a body that {@link isRequestHead} reads. It is a copy if the body can be transferred to another
 * thread in the meantime.
 */
export function headOf(body: Buffer): Buffer {
  return body.length < largeBytes ? body : Buffer.from(body.subarray(0, maxHead));
}

/** Whether a body begins with the head of an HTTP request, because two processes write to one connection after a fork. */
export function isRequestHead(body: Buffer): boolean {
  const text = body.toString('latin1', 0, Math.min(body.length, maxHead));
  return /^[A-Z]+ \/\S* HTTP\/1\.[01]\r\n/.test(text);
}
