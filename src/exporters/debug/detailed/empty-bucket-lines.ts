import { formatFixed6 } from '../../../pdata/go-format.ts';
import type { ByteString } from '../../../pdata/utf8.ts';
import { exponentialBound } from '../exponential-bound.ts';
import { flat } from '../text.ts';

export type Sign = 1 | -1;

/** Lines at consecutive positions: on the positive side a bucket's position is its index, on the negative side `-index`. */
export interface BucketRange {
  readonly scale: number;
  readonly sign: Sign;
  readonly first: number;
  readonly length: number;
}

/** Characters of remembered text; a line has about 45, at the far ends of the number range up to 650. */
const rememberedCharacters = 4 * 1024 * 1024;

/** Remembers the lines of empty buckets for each scale and sign. When there are too many it starts over. */
export class EmptyBucketLines {
  readonly #known = new Map<number, BucketLinesText>();
  #characters = 0;

  /** Lines of at least this range. */
  covering(range: BucketRange): BucketLinesText {
    const key = range.scale * 2 + (range.sign > 0 ? 1 : 0);
    const known = this.#known.get(key);
    if (known?.covers(range)) return known;
    const lines = new BucketLinesText(known === undefined ? range : known.joinedWith(range));
    if (lines.characters > rememberedCharacters) return lines;
    if (known !== undefined) this.#characters -= known.characters;
    if (this.#characters + lines.characters > rememberedCharacters) {
      this.#known.clear();
      this.#characters = 0;
    }
    this.#characters += lines.characters;
    this.#known.set(key, lines);
    return lines;
  }
}

/** Ranges are joined up to this length; far ones replace each other. */
const maxJoinedLength = 1024;

/** The lines of a range of empty buckets, one text. */
class BucketLinesText {
  readonly #first: number;
  /** Where each line begins, and where the last one ends. */
  readonly #starts: number[] = [0];
  readonly #text: ByteString;

  constructor({ scale, sign, first, length }: BucketRange) {
    this.#first = first;
    let text = '';
    let end = boundText(scale, sign, sign * first + (sign > 0 ? 0 : 1));
    for (let i = 0; i < length; i++) {
      const begin = end;
      end = boundText(scale, sign, sign * (first + i) + (sign > 0 ? 1 : 0));
      text += sign > 0 ? `Bucket (${begin}, ${end}], Count: 0\n` : `Bucket [${begin}, ${end}), Count: 0\n`;
      this.#starts.push(text.length);
    }
    this.#text = flat(text);
  }

  get characters(): number {
    return this.#text.length;
  }

  covers({ first, length }: BucketRange): boolean {
    return first >= this.#first && first + length <= this.#first + this.#starts.length - 1;
  }

  /** The smallest range with both, or only the new one when that is too long. */
  joinedWith(range: BucketRange): BucketRange {
    const first = Math.min(range.first, this.#first);
    const length = Math.max(range.first + range.length, this.#first + this.#starts.length - 1) - first;
    return length > maxJoinedLength ? range : { ...range, first, length };
  }

  /** `count` lines from a position on. */
  empty(position: number, count: number): ByteString {
    const index = position - this.#first;
    return this.#text.slice(this.#starts[index], this.#starts[index + count]);
  }

  /** The line at a position up to its count. */
  beforeCount(position: number): ByteString {
    const index = position - this.#first;
    return this.#text.slice(this.#starts[index], this.#starts[index + 1]! - '0\n'.length);
  }
}

function boundText(scale: number, sign: Sign, index: number): string {
  return formatFixed6(sign * exponentialBound(scale, index));
}
