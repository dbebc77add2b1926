/** Field numbers of a protobuf message that lead to the fields of interest, which are named by a text. */
export interface Shape<Kind extends string> {
  readonly [field: number]: Shape<Kind> | Kind;
}

/**
 * Calls `onField` with the kind, start, and end of the contents of each field that `shape` names, in `bytes[start, end)`.
 * @throws Error when the message is malformed
 */
export function visitFields<Kind extends string>(
  bytes: Buffer,
  shape: Shape<Kind>,
  onField: (kind: Kind, start: number, end: number) => void,
  [start, end]: readonly [start: number, end: number] = [0, bytes.length],
): void {
  let offset = start;
  const varint = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[offset++];
      if (byte === undefined || offset > end) throw new Error('malformed protobuf body: unexpected end');
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  };
  while (offset < end) {
    const tag = varint();
    const inside = shape[Math.floor(tag / 8)];
    const wireType = tag % 8;
    if (wireType === 0) {
      varint();
      continue;
    }
    const length = wireType === 1 ? 8 : wireType === 5 ? 4 : wireType === 2 ? varint() : -1;
    if (length < 0 || offset + length > end) throw new Error(`malformed protobuf body at byte ${offset}`);
    if (typeof inside === 'string') onField(inside as Kind, offset, offset + length);
    else if (inside !== undefined && wireType === 2)
      visitFields(bytes, inside as Shape<Kind>, onField, [offset, offset + length]);
    offset += length;
  }
}
