import type { ByteString } from '#bytes/utf8.ts';
import type { Buckets, ExponentialHistogramDataPoint } from '#pdata/metrics.ts';
import { countText } from '../text.ts';
import { EmptyBucketLines, type Sign } from './empty-bucket-lines.ts';

/** Number of buckets below which caching their neighbors does not pay. */
const fewBuckets = 8;

/**
 * The buckets of exponential histograms: negative ones from the largest magnitude, zero, positive ones. Most buckets
 * are empty, so runs of empty ones are cut out of cached texts (bench/micro/debug.bench.ts).
 */
export class ExponentialBuckets {
  readonly #lines = new EmptyBucketLines();

  text({ scale, positive, negative, zeroCount }: ExponentialHistogramDataPoint): ByteString {
    const below = this.#side(scale, -1, negative);
    const zero = zeroCount === 0 ? '' : `Bucket [0, 0], Count: ${countText(zeroCount)}\n`;
    return below + zero + this.#side(scale, 1, positive);
  }

  #side(scale: number, sign: Sign, { offset, bucketCounts }: Buckets): ByteString {
    const { length } = bucketCounts;
    // Positions increase in the order of the lines; on the negative side, the index decreases.
    const first = sign > 0 ? offset : 1 - offset - length;
    const countAt = (i: number) => bucketCounts[sign > 0 ? i : length - 1 - i]!;
    const lines = this.#lines.of(scale, sign);
    let text = '';
    if (length <= fewBuckets) {
      for (let i = 0; i < length; i++) text += `${lines.loneBeforeCount(first + i)}${countText(countAt(i))}\n`;
      return text;
    }
    let empty = 0;
    for (let i = 0; i < length; i++) {
      const count = countAt(i);
      if (count === 0) {
        empty++;
        continue;
      }
      if (empty > 0) text += lines.empty(first + i - empty, empty);
      text += `${lines.beforeCount(first + i)}${countText(count)}\n`;
      empty = 0;
    }
    return empty > 0 ? text + lines.empty(first + length - empty, empty) : text;
  }
}
