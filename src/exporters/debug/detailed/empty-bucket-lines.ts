import type { ByteString } from '#bytes/utf8.ts';
import { formatFixed6 } from '#go/format.ts';
import { exponentialBound } from '../exponential-bound.ts';
import { flat } from '../text.ts';

export type Sign = 1 | -1;

/** Lines are made and remembered in blocks of so many. */
const blockLength = 64;

/** Characters of remembered text; a line has about 45, at the far ends of the number range up to 650. */
const rememberedCharacters = 4 * 1024 * 1024;

/** Remembers the lines of empty buckets, block by block, for each scale and sign. When there are too many it starts over. */
export class EmptyBucketLines {
  readonly #sides = new Map<number, SideLines>();
  #characters = 0;

  /** The lines of one sign at one scale. Valid for the point at hand. */
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

/** A block's lines as one text. */
interface Block {
  /** Position of its first line. */
  readonly first: number;
  /** Where each line begins, and where the last one ends. */
  readonly starts: readonly number[];
  readonly text: ByteString;
}

/**
 * The lines of empty buckets at one scale and sign, by position: on the positive side a bucket's position is its index, on the negative
 * side `-index`, so that lines stand in the order of positions.
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

  /** `count` lines from a position on. */
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

  /** The line at a position up to its count. */
  beforeCount(position: number): ByteString {
    const { first, starts, text } = this.#blockOf(position);
    const index = position - first;
    return text.slice(starts[index], starts[index + 1]! - '0\n'.length);
  }

  /** The same for a line that stands alone: no block is made for it. */
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

  /** The bound before the line at a position. */
  #boundAt(position: number): string {
    return formatFixed6(this.#sign * exponentialBound(this.#scale, this.#sign > 0 ? position : 1 - position));
  }
}

function bucketText(sign: Sign, bound: string, next: string): ByteString {
  return sign > 0 ? `Bucket (${bound}, ${next}], Count: ` : `Bucket [${bound}, ${next}), Count: `;
}
