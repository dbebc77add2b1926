import { type ByteString, toByteString } from '#bytes/utf8.ts';
import { formatFixed6 } from '#go/format.ts';
import type { AnyValue } from '#pdata/attributes.ts';
import { valueText } from '#pdata/value-text.ts';

/*
 * Pieces of text that every layout uses. All texts of this exporter are ByteStrings: input passes through byte for byte, including
 * invalid UTF-8, and a body is encoded in one step.
 */

/** Returns the text of a value without its kind, see docs/reference/collector-behaviour.md#attribute-values-as-text. */
export function valueBytes(value: AnyValue): ByteString {
  return toByteString(valueText(value));
}

/** Returns a whole number of up to 64 bits in decimal. Above 2^53, the result is the exact value of the float64. */
export function countText(count: number): string {
  return Number.isSafeInteger(count) ? String(count) : BigInt(count).toString();
}

/** Returns the value of a number point or exemplar in the detailed layout: `asInt` in decimal, `asDouble` as Go's `%f`. */
export function numberText(value: number | bigint): string {
  return typeof value === 'bigint' ? value.toString() : formatFixed6(value);
}

/**
 * Returns the same text as one flat string. V8 keeps a concatenation as a tree of pieces until it is read. A cached tree would be
 * traversed at each use.
 */
export function flat(text: string): string {
  text.charCodeAt(0);
  return text;
}

/** The numbered lines of the layouts, `prefix0\n`, `prefix1\n` …, cached for the first 1,024 numbers. */
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
