import type { ByteString } from '#bytes/utf8.ts';
import { formatFixed6 } from '#go/format.ts';
import { exponentialBound } from '../exponential-bound.ts';
import { flat } from '../text.ts';

export type Sign = 1 | -1;

/** Number of lines in a cached block. */
const blockLength = 64;

/** Maximum number of cached characters. A line has about 45, and up to 650 at the ends of the number range. */
const rememberedCharacters = 4 * 1024 * 1024;

/** Caches the lines of empty buckets in blocks for each scale and sign. Above the limit, the cache is cleared. */
export class EmptyBucketLines {
  readonly #sides = new Map<number, SideLines>();
  #characters = 0;

  /** Returns the lines of one sign at one scale, valid for the current point. */
  of(scale: number, sign: Sign): SideLines {
    if (this.#characters > rememberedCharacters) {
      this.#sides.clear();
      this.#characters = 0;
    }
    const key = scale * 2 + (sign > 0 ? 1 : 0);
    let side = this.#sides.get(key);
    if (side === undefined) {
      side = new SideLines(scale, sign, (characters) => {
        this.#characters += characters;
      });
      this.#sides.set(key, side);
    }
    return side;
  }
}

/** The lines of a block as one text. */
interface Block {
  /** Position of the first line. */
  readonly first: number;
  /** Start offset of each line, and the end offset of the last one. */
  readonly starts: readonly number[];
  readonly text: ByteString;
}

/**
 * The lines of empty buckets at one scale and sign, ordered by position. The position is the bucket's index on the positive side and
 * `-index` on the negative side.
 */
export class SideLines {
  readonly #scale: number;
  readonly #sign: Sign;
  readonly #onMade: (characters: number) => void;
  readonly #blocks = new Map<number, Block>();
  readonly #lone = new Map<number, ByteString>();
  #latest: Block = { first: Number.NaN, starts: [], text: '' };

  constructor(scale: number, sign: Sign, onMade: (characters: number) => void) {
    this.#scale = scale;
    this.#sign = sign;
    this.#onMade = onMade;
  }

  /** Returns `count` lines from a position on. */
  empty(position: number, count: number): ByteString {
    let text = '';
    for (let from = position, left = count; left > 0; ) {
      const { first, starts, text: all } = this.#blockOf(from);
      const index = from - first;
      const taken = Math.min(left, blockLength - index);
      text += all.slice(starts[index], starts[index + taken]);
      from += taken;
      left -= taken;
    }
    return text;
  }

  /** Returns the line at a position up to its count. */
  beforeCount(position: number): ByteString {
    const { first, starts, text } = this.#blockOf(position);
    const index = position - first;
    return text.slice(starts[index], starts[index + 1]! - '0\n'.length);
  }

  /** Same for a single line, without creating a block. */
  loneBeforeCount(position: number): ByteString {
    const known = this.#lone.get(position);
    if (known !== undefined) return known;
    const text = flat(bucketText(this.#sign, this.#boundAt(position), this.#boundAt(position + 1)));
    this.#lone.set(position, text);
    this.#onMade(text.length);
    return text;
  }

  #blockOf(position: number): Block {
    const first = Math.floor(position / blockLength) * blockLength;
    if (this.#latest.first === first) return this.#latest;
    let block = this.#blocks.get(first);
    if (block === undefined) {
      block = this.#newBlock(first);
      this.#blocks.set(first, block);
      this.#onMade(block.text.length);
    }
    this.#latest = block;
    return block;
  }

  #newBlock(first: number): Block {
    const starts = [0];
    let text = '';
    let bound = this.#boundAt(first);
    for (let position = first; position < first + blockLength; position++) {
      const next = this.#boundAt(position + 1);
      text += `${bucketText(this.#sign, bound, next)}0\n`;
      starts.push(text.length);
      bound = next;
    }
    return { first, starts, text: flat(text) };
  }

  /** Returns the bound before the line at a position. */
  #boundAt(position: number): string {
    return formatFixed6(this.#sign * exponentialBound(this.#scale, this.#sign > 0 ? position : 1 - position));
  }
}

function bucketText(sign: Sign, bound: string, next: string): ByteString {
  return sign > 0 ? `Bucket (${bound}, ${next}], Count: ` : `Bucket [${bound}, ${next}), Count: `;
}
