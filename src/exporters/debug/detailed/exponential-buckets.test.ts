import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatFixed6 } from '#go/format.ts';
import type { Buckets, ExponentialHistogramDataPoint } from '#pdata/metrics.ts';
import { exponentialBound } from '../exponential-bound.ts';
import { ExponentialBuckets } from './exponential-buckets.ts';

type Sides = Pick<ExponentialHistogramDataPoint, 'scale' | 'positive' | 'negative' | 'zeroCount'>;

/** docs/reference/collector-behaviour.md#detailed-verbosity, bucket by bucket. */
function lineByLine({ scale, positive, negative, zeroCount }: Sides): string {
  const bound = (index: number, sign: number) => formatFixed6(sign * exponentialBound(scale, index));
  const below = negative.bucketCounts.map((count, i) => {
    const index = negative.offset + i;
    return `Bucket [${bound(index + 1, -1)}, ${bound(index, -1)}), Count: ${count}\n`;
  });
  const above = positive.bucketCounts.map((count, i) => {
    const index = positive.offset + i;
    return `Bucket (${bound(index, 1)}, ${bound(index + 1, 1)}], Count: ${count}\n`;
  });
  return [...below.reverse(), zeroCount === 0 ? '' : `Bucket [0, 0], Count: ${zeroCount}\n`, ...above].join('');
}

const none: Buckets = { offset: 0, bucketCounts: [] };
const buckets = (maxLength: number): fc.Arbitrary<Buckets> =>
  fc.record({
    offset: fc.integer({ min: -100, max: 100 }),
    bucketCounts: fc.array(fc.constantFrom(0, 0, 0, 1, 12, 345_678), { maxLength, size: 'max' }),
  });
const sides: fc.Arbitrary<Sides> = fc.record({
  scale: fc.integer({ min: -2, max: 6 }),
  positive: buckets(200),
  negative: buckets(80),
  zeroCount: fc.constantFrom(0, 3),
});
const textOf = (lines: ExponentialBuckets, point: Sides) => lines.text(point as ExponentialHistogramDataPoint);

test('whatever was printed before, each bucket has its line', () => {
  fc.assert(
    fc.property(fc.array(sides, { minLength: 1, maxLength: 5 }), (points) => {
      const lines = new ExponentialBuckets();
      for (const point of points) expect(textOf(lines, point)).toBe(lineByLine(point));
    }),
  );
});

test('ranges far apart', () => {
  const lines = new ExponentialBuckets();
  const at = (offset: number): Sides => ({
    scale: 4,
    positive: { offset, bucketCounts: [0, 0, 2, 0, 0, 0, 0, 0, 0, 7] },
    negative: none,
    zeroCount: 0,
  });
  for (const offset of [0, 5_000, -9_000, 3]) expect(textOf(lines, at(offset))).toBe(lineByLine(at(offset)));
});

test('more and longer lines than the cache holds', () => {
  const lines = new ExponentialBuckets();
  // Bounds near 2^1000 have 300 digits: 0.6 MB each.
  for (let scale = 0; scale < 10; scale++) {
    const counts = new Array<number>(1000).fill(0);
    const wide: Sides = {
      scale,
      positive: { offset: 1000 * 2 ** scale, bucketCounts: counts },
      negative: none,
      zeroCount: 0,
    };
    expect(textOf(lines, wide)).toBe(lineByLine(wide));
  }
});
