const largest = 2n ** 64n - 1n;

/** A count as an unsigned 64-bit integer: a double that stands for more is the largest one. */
export function toUint64(count: number): bigint {
  const value = BigInt(count);
  return value > largest ? largest : value;
}

/** A count in decimal digits, all of them, unlike `String` above 2^53. */
export function wholeNumberText(count: number): string {
  return count <= Number.MAX_SAFE_INTEGER ? String(count) : String(toUint64(count));
}
