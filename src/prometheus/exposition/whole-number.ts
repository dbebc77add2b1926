const largest = 2n ** 64n - 1n;

/** Converts a count to an unsigned 64-bit integer. A double above the maximum becomes the maximum. */
export function toUint64(count: number): bigint {
  const value = BigInt(count);
  return value > largest ? largest : value;
}

/** Formats a count with all decimal digits, unlike `String` above 2^53. */
export function wholeNumberText(count: number): string {
  return count <= Number.MAX_SAFE_INTEGER ? String(count) : String(toUint64(count));
}
