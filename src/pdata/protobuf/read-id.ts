import { DecodeError } from './decode-error.ts';
import type { WireReader } from './wire-reader.ts';

/** Number of bytes per kind of ID. */
const sizes = { TraceID: 16, SpanID: 8 } as const;

/** Reads a trace or span ID as lower-case hex, `''` if it is empty or all zeros. */
export function readId(reader: WireReader, end: number, kind: keyof typeof sizes): string {
  const fieldEnd = reader.lengthEnd(end);
  const length = fieldEnd - reader.position;
  if (length !== 0 && length !== sizes[kind]) throw new DecodeError(`unmarshal: invalid ${kind} length`);
  const id = reader.bytes.toString('hex', reader.position, fieldEnd);
  reader.position = fieldEnd;
  return /[1-9a-f]/.test(id) ? id : '';
}
