/**
 * A time in Go's form: `2020-02-11 20:26:12.000000321 +0000 UTC`. The fraction has no trailing zeros and is left out when zero.
 * `unixNano` is unsigned, but values from 2^63 on count as negative: years before 1970.
 */
export function timestampText(unixNano: bigint): string {
  const signed = BigInt.asIntN(64, unixNano);
  const remainder = signed % 1_000_000_000n;
  const nanos = remainder < 0n ? remainder + 1_000_000_000n : remainder;
  const iso = new Date(Number((signed - nanos) / 1_000_000n)).toISOString();
  const fraction = nanos === 0n ? '' : `.${nanos.toString().padStart(9, '0').replace(/0+$/, '')}`;
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}${fraction} +0000 UTC`;
}

const maxRemembered = 4096;

/** Remembers texts of times: points of one export mostly share theirs, and start times come again with each export. */
export class Timestamps {
  #texts = new Map<bigint, string>();

  text(unixNano: bigint): string {
    const known = this.#texts.get(unixNano);
    if (known !== undefined) return known;
    if (this.#texts.size >= maxRemembered) this.#texts = new Map();
    const text = timestampText(unixNano);
    this.#texts.set(unixNano, text);
    return text;
  }
}
