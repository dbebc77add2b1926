import { type ByteString, toByteString } from '#bytes/utf8.ts';
import { formatFixed6 } from '#go/format.ts';
import type { AnyValue } from '#pdata/attributes.ts';
import { valueText } from '#pdata/value-text.ts';

/*
 * Pieces of text that every layout uses. All texts of this exporter are ByteStrings: what arrived passes through
 * byte for byte, invalid UTF-8 included, and a body becomes bytes in one step.
 */

/** The text of a value without its kind, as a ByteString; behaviour.md §1.7. */
export function valueBytes(value: AnyValue): ByteString {
  return toByteString(valueText(value));
}

/** A whole number of up to 64 bits in decimal. Above 2^53 the float64's own exact value is shown. */
export function countText(count: number): string {
  return Number.isSafeInteger(count) ? String(count) : BigInt(count).toString();
}

/** The value of a number point or exemplar as the detailed layout has it: `asInt` in decimal, `asDouble` as Go's `%f`. */
export function numberText(value: number | bigint): string {
  return typeof value === 'bigint' ? value.toString() : formatFixed6(value);
}

/**
 * The same text in one piece. A concatenation is a tree of pieces until it is read; a remembered text that stays a
 * tree would be walked again each time it is used.
 */
export function flat(text: string): string {
  text.charCodeAt(0);
  return text;
}

/** `prefix0\n`, `prefix1\n` …: the numbered lines of the layouts, made once for the first 1,024 numbers. */
export class NumberedLines {
  readonly #prefix: string;
  readonly #suffix: string;
  readonly #texts: string[] = [];

  constructor(prefix: string, suffix = '\n') {
    this.#prefix = prefix;
    this.#suffix = suffix;
  }

  at(index: number): string {
    const known = this.#texts[index];
    if (known !== undefined) return known;
    const text = flat(`${this.#prefix}${index}${this.#suffix}`);
    // Grows in order only, so that the array has no holes.
    if (index === this.#texts.length && index < 1024) this.#texts.push(text);
    return text;
  }
}
