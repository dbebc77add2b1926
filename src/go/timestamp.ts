const second = 1_000_000_000n;

/**
 * Formats a time like Go: `2020-02-11 20:26:12.000000321 +0000 UTC`. The fraction has no trailing zeros and is omitted
 * if zero. `unixNano` is unsigned, but values from 2^63 count as negative: years before 1970.
 */
export function timestampText(unixNano: bigint): string {
  const signed = BigInt.asIntN(64, unixNano);
  let seconds = Number(signed / second);
  let nanos = Number(signed % second);
  if (nanos < 0) {
    nanos += 1e9;
    seconds -= 1;
  }
  return `${secondText(seconds)}${fractionText(nanos)} +0000 UTC`;
}

const maxSeconds = 1024;

/**
 * Texts of seconds. The times that are printed together usually differ by a few seconds, and so do the start times of
 * their processes.
 */
const secondTexts = new Map<number, string>();

function secondText(seconds: number): string {
  const known = secondTexts.get(seconds);
  if (known !== undefined) return known;
  if (secondTexts.size >= maxSeconds) secondTexts.clear();
  const iso = new Date(seconds * 1000).toISOString();
  const text = `${iso.slice(0, 10)} ${iso.slice(11, 19)}`;
  secondTexts.set(seconds, text);
  return text;
}

function fractionText(nanos: number): string {
  if (nanos === 0) return '';
  let digits = nanos;
  let width = 9;
  while (digits % 10 === 0) {
    digits /= 10;
    width -= 1;
  }
  return `.${String(digits).padStart(width, '0')}`;
}

const maxRemembered = 4096;

/** Caches texts of times. Points of one export mostly share their times, and start times repeat with each export. */
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

/** Formats milliseconds since the epoch as RFC 3339 like Go, without trailing zeros in the fraction. */
export function rfc3339(unixMs: number): string {
  return new Date(unixMs).toISOString().replace(/\.?0*Z$/, 'Z');
}
