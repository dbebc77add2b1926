import { countText, flat } from '../text.ts';

const rememberedBuckets = 64;
const rememberedCounts = 256;

/**
 * The lines of a histogram's buckets. Histograms have many buckets with mostly small counts, so these lines are cached:
 * up to 64 · 256 lines, less than 1 MB.
 */
export class BucketLines {
  readonly #lines = Array.from({ length: rememberedBuckets }, () => new Array<string | undefined>(rememberedCounts));

  line(bucket: number, count: number): string {
    if (bucket >= rememberedBuckets || count >= rememberedCounts) return lineText(bucket, count);
    const lines = this.#lines[bucket]!;
    lines[count] ??= flat(lineText(bucket, count));
    return lines[count];
  }
}

function lineText(bucket: number, count: number): string {
  return `Buckets #${bucket}, Count: ${countText(count)}\n`;
}
