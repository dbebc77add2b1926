/**
 * Repeats `length` bytes that begin `distance` before `position`. Source and target can overlap, which repeats a
 * pattern. The caller has checked that both are within the buffer.
 */
export function copyMatch(bytes: Buffer, position: number, match: { distance: number; length: number }): void {
  const { distance, length } = match;
  const from = position - distance;
  if (distance >= length) {
    if (length > 32) bytes.copyWithin(position, from, from + length);
    else for (let index = 0; index < length; index += 1) bytes[position + index] = bytes[from + index]!;
    return;
  }
  if (distance === 1) {
    bytes.fill(bytes[from]!, position, position + length);
    return;
  }
  for (let index = 0; index < length; index += 1) bytes[position + index] = bytes[from + index]!;
}
