import { wireType } from '#bytes/protobuf-writer.ts';
import { DecodeError } from '#pdata/protobuf/decode-error.ts';
import { WireReader } from '#pdata/protobuf/wire-reader.ts';

/** Field numbers of a protobuf message that lead to the fields of interest, which are named by a text. */
export interface Shape<Kind extends string> {
  readonly [field: number]: Shape<Kind> | Kind;
}

type OnField<Kind> = (kind: Kind, start: number, end: number) => void;

/**
 * Calls `onField` with the kind, start, and end of the contents of each field that `shape` names, in `bytes[start, end)`.
 * @throws Error when the message is malformed
 */
export function visitFields<Kind extends string>(
  bytes: Buffer,
  shape: Shape<Kind>,
  onField: OnField<Kind>,
  [start, end]: readonly [start: number, end: number] = [0, bytes.length],
): void {
  const reader = new WireReader(bytes);
  reader.position = start;
  try {
    visit(reader, end, shape, onField);
  } catch (error) {
    throw malformedBody(error);
  }
}

/** Returns the error of a message that cannot be read. */
export function malformedBody(error: unknown): unknown {
  return error instanceof DecodeError
    ? new Error(`malformed protobuf body: ${error.message}`, { cause: error })
    : error;
}

function visit<Kind extends string>(reader: WireReader, end: number, shape: Shape<Kind>, onField: OnField<Kind>): void {
  while (reader.position < end) {
    const tag = reader.tag(end);
    const inside = shape[Math.floor(tag / 8)];
    const type = tag % 8;
    if (type === wireType.bytes && inside !== undefined && typeof inside !== 'string') {
      visit(reader, reader.lengthEnd(end), inside, onField);
      continue;
    }
    const contentEnd = type === wireType.bytes ? reader.lengthEnd(end) : undefined;
    const start = reader.position;
    if (contentEnd === undefined) reader.skip(tag, end, {});
    else reader.position = contentEnd;
    if (typeof inside === 'string' && type !== wireType.varint) onField(inside as Kind, start, reader.position);
  }
}
