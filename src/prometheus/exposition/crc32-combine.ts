/** The polynomial of CRC-32, in reversed bit order. */
const polynomial = 0xedb88320;

/** Multiplies two polynomials modulo the CRC polynomial. Bit 31 is x^0. */
function multiply(a: number, b: number): number {
  let product = 0;
  let shifted = b;
  for (let bit = 31; bit >= 0; bit--) {
    if ((a >>> bit) & 1) product ^= shifted;
    shifted = shifted & 1 ? (shifted >>> 1) ^ polynomial : shifted >>> 1;
  }
  return product >>> 0;
}

/** x^(2^n) for n = 0 … 31. Higher powers repeat. */
const powers: readonly number[] = (() => {
  const list = [1 << 30];
  while (list.length < 32) list.push(multiply(list.at(-1) as number, list.at(-1) as number));
  return list;
})();

/**
 * Returns the CRC-32 of two concatenated texts, computed from the CRC-32 of each and the length of the second.
 * Compressed parts can therefore be joined without being read again.
 */
export function combineCrc32(first: number, second: number, secondLength: number): number {
  let factor = 2 ** 31;
  // x^(8 · length): a byte has eight bits, so n starts at 3.
  for (let n = 3, rest = secondLength; rest > 0; n++, rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) factor = multiply(powers[n & 31] as number, factor);
  }
  return (multiply(factor, first) ^ second) >>> 0;
}
