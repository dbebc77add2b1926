import { describe, expect, test } from 'vitest';
import { type Buckets, type ExponentialHistogramDataPoint, temporality } from '#pdata/metrics.ts';
import { protobufFormat } from '#prometheus/exposition/protobuf-format.ts';
import {
  type AccumulatedOptions,
  accumulatedOutput,
  from,
  secondsIn,
  started,
} from '../../../../test/support/accumulated-output.ts';
import { exponential, exponentialPoint } from '../../../../test/support/pdata.ts';
import { renderExposition } from '../../../../test/support/render-exposition.ts';
import { AccumulatedExponential, maxBuckets } from './accumulated-exponential.ts';

type Parts = Partial<ExponentialHistogramDataPoint>;

const none: Buckets = { offset: 0, bucketCounts: [] };
/** Returns a point whose count is that of its buckets. */
const point = (parts: Parts, seconds = 1, start = started) => {
  const { positive = none, negative = none, zeroCount = 0 } = parts;
  const count = [...positive.bucketCounts, ...negative.bucketCounts].reduce((a, b) => a + b, zeroCount);
  const times = { startTimeUnixNano: start, timeUnixNano: secondsIn(seconds) };
  return exponential('e', exponentialPoint({ ...times, sum: 0, ...parts, positive, negative, zeroCount, count }));
};
const buckets = (offset: number, ...bucketCounts: number[]) => ({ offset, bucketCounts });

async function stored(options: AccumulatedOptions, ...requests: ReturnType<typeof from>[]) {
  const page = await accumulatedOutput(options);
  page.append(...requests);
  const series = [...page.store.collect(0)].flatMap((family) => family.series);
  return { page, series: series.find((each) => each instanceof AccumulatedExponential) as AccumulatedExponential };
}

/** Without empty ends. */
function shown({ scale, positiveBuckets, negativeBuckets }: AccumulatedExponential) {
  const counts = ({ offset, bucketCounts }: Buckets) =>
    Object.fromEntries(bucketCounts.map((count, i) => [offset + i, count] as const).filter(([, count]) => count > 0));
  return { scale, positive: counts(positiveBuckets), negative: counts(negativeBuckets) };
}

describe('adding', () => {
  test('same scale: bucket by bucket, with count, sum and zeros', async () => {
    const { series } = await stored(
      {},
      from('a', point({ scale: 2, positive: buckets(3, 1, 2), negative: buckets(-1, 4), zeroCount: 1, sum: 1.5 })),
      from('b', point({ scale: 2, positive: buckets(4, 5, 6), zeroCount: 2, sum: 2 }, 1, started + 1n)),
    );
    expect(shown(series)).toEqual({ scale: 2, positive: { 3: 1, 4: 7, 5: 6 }, negative: { '-1': 4 } });
    expect([series.count, series.sum, series.zeroCount]).toEqual([21, 3.5, 3]);
  });

  test('different scales: both are reduced to the coarser one', async () => {
    const { series } = await stored(
      {},
      from('a', point({ scale: 3, positive: buckets(-3, 1, 1, 1, 1, 1) })),
      from('b', point({ scale: 1, positive: buckets(0, 1) }, 1, started + 1n)),
    );
    // Indices -3…1 at scale 3 are -1, -1, -1, 0, 0 at scale 1.
    expect(shown(series)).toEqual({ scale: 1, positive: { '-1': 3, 0: 3 }, negative: {} });
  });

  test('a stream that becomes coarser counts only its growth', async () => {
    const { series } = await stored(
      {},
      from('a', point({ scale: 1, positive: buckets(0, 1, 1) })),
      from('a', point({ scale: 0, positive: buckets(0, 2, 3) }, 2)),
    );
    expect(shown(series)).toEqual({ scale: 0, positive: { 0: 2, 1: 3 }, negative: {} });
    expect(series.count).toBe(5);
  });

  test('a point without observations does not make the total coarse', async () => {
    const { series } = await stored(
      {},
      from('a', point({ scale: 5, positive: buckets(0, 1) })),
      from('b', point({ scale: -3 }, 1, started + 1n)),
    );
    expect(series.scale).toBe(5);
  });

  test('a wide range becomes as coarse as needed to fit', async () => {
    const { series } = await stored(
      {},
      from('a', point({ scale: 5, positive: buckets(0, 1) })),
      from('b', point({ scale: 5, positive: buckets(10 * maxBuckets, 1) }, 1, started + 1n)),
    );
    expect(series.scale).toBe(1);
    expect(series.positiveBuckets.bucketCounts.length).toBeLessThanOrEqual(maxBuckets);
    expect(series.count).toBe(2);
  });

  test('keeps the larger zero threshold', async () => {
    const { series } = await stored(
      {},
      from('a', point({ zeroThreshold: 0.5, zeroCount: 1 })),
      from('b', point({ zeroThreshold: 0.25, zeroCount: 1 }, 1, started + 1n)),
    );
    expect(series.zeroThreshold).toBe(0.5);
  });

  test('deltas add up, each once', async () => {
    const delta = (start: bigint) =>
      exponential(
        { name: 'e', aggregationTemporality: temporality.delta },
        exponentialPoint({ startTimeUnixNano: start, timeUnixNano: secondsIn(1) }),
      );
    const { series } = await stored(
      {},
      from('a', delta(started)),
      from('a', delta(started)),
      from('b', delta(started + 1n)),
    );
    expect(series.count).toBe(6);
  });
});

describe('a growing zero threshold', () => {
  test('moves the buckets that it covers into the zero bucket', async () => {
    // Buckets (1, 2], (2, 4] and (4, 8]; then everything up to 2 is zero.
    const { series } = await stored(
      {},
      from('a', point({ positive: buckets(0, 1, 1, 1), sum: 9 })),
      from('a', point({ positive: buckets(1, 2, 3), zeroCount: 2, zeroThreshold: 2, sum: 20 }, 2)),
    );
    expect([series.count, series.zeroCount, series.zeroThreshold, series.sum]).toEqual([7, 2, 2, 20]);
    expect(shown(series)).toEqual({ scale: 0, positive: { 1: 2, 2: 3 }, negative: {} });
  });

  test('covers the whole of a bucket in which it lies', async () => {
    const { series } = await stored(
      {},
      from('a', point({ positive: buckets(0, 1, 1, 1), negative: buckets(1, 1) })),
      from('b', point({ positive: buckets(2, 1), zeroCount: 4, zeroThreshold: 3 }, 1, started + 1n)),
    );
    expect([series.count, series.zeroCount, series.zeroThreshold]).toEqual([9, 7, 4]);
    expect(shown(series)).toEqual({ scale: 0, positive: { 2: 2 }, negative: {} });
  });

  test('of one stream counts its growth, at another scale too', async () => {
    const { series } = await stored(
      {},
      from('a', point({ scale: 1, positive: buckets(0, 1, 1, 1), zeroCount: 1, zeroThreshold: 0.5 })),
      from('a', point({ scale: 0, positive: buckets(1, 3), zeroCount: 3, zeroThreshold: 2 }, 2)),
      from('a', point({ scale: 0, positive: buckets(1, 5), zeroCount: 4, zeroThreshold: 2 }, 3)),
    );
    expect([series.count, series.zeroCount]).toEqual([9, 4]);
    expect(shown(series)).toEqual({ scale: 0, positive: { 1: 5 }, negative: {} });
  });

  test('does not fall in the total', async () => {
    const { series } = await stored(
      {},
      from('a', point({ zeroCount: 1, zeroThreshold: 4 })),
      from('b', point({ positive: buckets(0, 1, 1) }, 1, started + 1n)),
    );
    expect([series.count, series.zeroCount, series.zeroThreshold]).toEqual([3, 3, 4]);
  });
});

describe('dropped points', () => {
  test.each([
    ['a bucket that fell', point({ positive: buckets(0, 0, 9) }, 2), 'regression'],
    ['zeros that fell', point({ positive: buckets(0, 9, 9), zeroCount: 0 }, 2), 'regression'],
    ['a scale finer than doubles', point({ scale: 63, positive: buckets(0, 9) }, 2), 'unsupported_scale'],
    ['buckets beyond all doubles', point({ scale: 0, positive: buckets(2_000, 99) }, 2), 'unsupported_scale'],
  ])('%s', async (_, bad, reason) => {
    const { page, series } = await stored(
      {},
      from('a', point({ positive: buckets(0, 1, 1), zeroCount: 1 })),
      from('a', bad),
    );
    expect(series.count).toBe(3);
    expect(page.dropped(reason)).toBe(1);
  });

  test('a count that its buckets do not make', async () => {
    const times = { startTimeUnixNano: started, timeUnixNano: secondsIn(1) };
    const { page } = await stored({}, from('a', exponential('e', exponentialPoint({ ...times, count: 99 }))));
    expect(page.dropped('bucket_sum_mismatch')).toBe(1);
  });
});

describe('classic_buckets', () => {
  test("each stream counts at its own scale, regardless of the total's", async () => {
    const { page } = await stored(
      { classicBounds: [1, 2, 4] },
      // (1, 1.19], (1.19, 1.41] and (2.83, 3.36].
      from('a', point({ scale: 2, positive: buckets(0, 1, 1, 0, 0, 0, 0, 1), zeroCount: 1 })),
      // (2, 8]: no bound below 8.
      from('b', point({ scale: -1, positive: buckets(0, 0, 7) }, 1, started + 1n)),
    );
    expect(page.samples()).toEqual([
      'e_bucket{job="airflow",le="1"} 1',
      'e_bucket{job="airflow",le="2"} 3',
      'e_bucket{job="airflow",le="4"} 4',
      'e_bucket{job="airflow",le="+Inf"} 11',
      'e_sum{job="airflow"} 0',
      'e_count{job="airflow"} 11',
    ]);
  });

  test('a held series shows zeros', async () => {
    const { page } = await stored(
      { classicBounds: [4], isZeroFirst: true },
      from('a', point({ positive: buckets(0, 3) })),
    );
    expect(page.samples()).toEqual([
      'e_bucket{job="airflow",le="4"} 0',
      'e_bucket{job="airflow",le="+Inf"} 0',
      'e_sum{job="airflow"} 0',
      'e_count{job="airflow"} 0',
    ]);
  });
});

test('the protobuf format shows classic buckets next to the native ones', async () => {
  const request = from('a', point({ positive: buckets(0, 1, 0, 2), sum: 7 }));
  const lengthOf = async (classicBounds: number[]) => {
    const { page } = await stored({ classicBounds }, request);
    return renderExposition(protobufFormat('underscores'), [...page.store.collect(0)]).length;
  };
  // Two buckets of a tag, a length, a count (2 bytes), and a bound (9 bytes).
  expect((await lengthOf([2, 8])) - (await lengthOf([]))).toBe(2 * 13);
});
