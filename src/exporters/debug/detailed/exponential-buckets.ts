import { formatFixed6 } from '../../../pdata/go-format.ts';
import type { ExponentialHistogramDataPoint } from '../../../pdata/metrics.ts';
import type { ByteString } from '../../../pdata/utf8.ts';
import { exponentialBound } from '../exponential-bound.ts';
import { countText } from '../text.ts';

const maxRemembered = 4096;

/** The buckets of exponential histograms: negative ones from the far end, zero, positive ones. Bounds are remembered. */
export class ExponentialBuckets {
  #bounds = new Map<string, string>();

  text({ scale, positive, negative, zeroCount }: ExponentialHistogramDataPoint): ByteString {
    let text = '';
    for (let i = negative.bucketCounts.length - 1; i >= 0; i--) {
      const index = negative.offset + i;
      const [lower, upper] = [this.#bound(scale, index + 1, -1), this.#bound(scale, index, -1)];
      text += `Bucket [${lower}, ${upper}), Count: ${countText(negative.bucketCounts[i]!)}\n`;
    }
    if (zeroCount !== 0) text += `Bucket [0, 0], Count: ${countText(zeroCount)}\n`;
    for (const [i, count] of positive.bucketCounts.entries()) {
      const index = positive.offset + i;
      const [lower, upper] = [this.#bound(scale, index, 1), this.#bound(scale, index + 1, 1)];
      text += `Bucket (${lower}, ${upper}], Count: ${countText(count)}\n`;
    }
    return text;
  }

  #bound(scale: number, index: number, sign: 1 | -1): string {
    const key = `${scale}/${index}/${sign}`;
    const known = this.#bounds.get(key);
    if (known !== undefined) return known;
    if (this.#bounds.size >= maxRemembered) this.#bounds = new Map();
    const text = formatFixed6(sign * exponentialBound(scale, index));
    this.#bounds.set(key, text);
    return text;
  }
}
