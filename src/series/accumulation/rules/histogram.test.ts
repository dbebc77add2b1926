import { describe, expect, test } from 'vitest';
import { type HistogramDataPoint, temporality } from '#pdata/metrics.ts';
import { accumulatedOutput, from, secondsIn, started } from '../../../../test/support/accumulated-output.ts';
import { histogram, histogramPoint } from '../../../../test/support/pdata.ts';

const point = (parts: Partial<HistogramDataPoint>, seconds = 1, start = started) =>
  histogram('h', histogramPoint({ startTimeUnixNano: start, timeUnixNano: secondsIn(seconds), ...parts }));
const buckets = (bucketCounts: number[], sum: number, explicitBounds = [1, 2]) => ({
  bucketCounts,
  explicitBounds,
  sum,
  count: bucketCounts.reduce((a, b) => a + b, 0),
});
const page = async (...requests: ReturnType<typeof from>[]) =>
  (await accumulatedOutput())
    .append(...requests)
    .samples()
    .map((line) => line.replace(/job="airflow",?/, ''));

describe('bucket by bucket', () => {
  test('processes add up with count and sum', async () => {
    expect(
      await page(
        from('a', point(buckets([1, 2, 3], 4))),
        from('b', point(buckets([1, 0, 0], 0.5), 1, started + 1n)),
        from('a', point(buckets([2, 2, 3], 5), 2)),
      ),
    ).toEqual(['h_bucket{le="1"} 3', 'h_bucket{le="2"} 5', 'h_bucket{le="+Inf"} 8', 'h_sum{} 5.5', 'h_count{} 8']);
  });

  test('a bucket that falls is a regression of the whole point', async () => {
    const stored = await accumulatedOutput();
    stored.append(from('a', point(buckets([2, 0, 0], 1))), from('a', point(buckets([1, 5, 0], 9), 2)));
    expect(stored.samples()).toContain('h_count{job="airflow"} 2');
    expect(stored.dropped('regression')).toBe(1);
  });

  test('a sum may fall when negative values were observed', async () => {
    expect(await page(from('a', point(buckets([1, 0, 0], 3))), from('a', point(buckets([2, 0, 0], -1), 2)))).toContain(
      'h_sum{} -1',
    );
  });

  test('deltas add up, each once', async () => {
    const delta = histogram(
      { name: 'h', aggregationTemporality: temporality.delta },
      histogramPoint({ startTimeUnixNano: started, timeUnixNano: secondsIn(1), ...buckets([1, 1, 1], 4) }),
    );
    expect(await page(from('a', delta), from('a', delta), from('b', delta))).toContain('h_count{} 6');
  });
});

describe('bounds that differ', () => {
  test('those that all share remain; count and sum stay exact', async () => {
    expect(
      await page(
        from('a', point(buckets([1, 2, 3], 4, [1, 2]))),
        from('b', point(buckets([10, 20, 30, 40], 5, [1, 1.5, 3]), 1, started + 1n)),
      ),
    ).toEqual(['h_bucket{le="1"} 11', 'h_bucket{le="+Inf"} 106', 'h_sum{} 9', 'h_count{} 106']);
  });

  test('none shared: only count and sum', async () => {
    expect(
      await page(from('a', point(buckets([1, 1], 1, [1]))), from('b', point(buckets([1, 1], 2, [2]), 1, started + 1n))),
    ).toEqual(['h_bucket{le="+Inf"} 4', 'h_sum{} 3', 'h_count{} 4']);
  });

  test('a stream whose bounds change goes on with the shared ones', async () => {
    expect(
      await page(
        from('a', point(buckets([1, 1, 1], 1, [1, 2]))),
        from('a', point(buckets([2, 1, 1], 2, [1, 3]), 2)),
        from('a', point(buckets([3, 2, 2], 3, [1, 3]), 3)),
      ),
    ).toEqual(['h_bucket{le="1"} 3', 'h_bucket{le="+Inf"} 7', 'h_sum{} 3', 'h_count{} 7']);
  });
});

test('without buckets and sum, the count is added', async () => {
  const bare = { bucketCounts: [], explicitBounds: [], sum: undefined };
  expect(
    await page(from('a', point({ ...bare, count: 2 })), from('b', point({ ...bare, count: 3 }, 1, started + 1n))),
  ).toEqual(['h_bucket{le="+Inf"} 5', 'h_sum{} 0', 'h_count{} 5']);
});

test('a twin counts only what it grows', async () => {
  expect(
    await page(
      from('a', point(buckets([2, 1, 0], 4))),
      from('b', point(buckets([2, 1, 0], 4), 2)),
      from('b', point(buckets([2, 2, 0], 6), 3)),
    ),
  ).toEqual(['h_bucket{le="1"} 2', 'h_bucket{le="2"} 4', 'h_bucket{le="+Inf"} 4', 'h_sum{} 6', 'h_count{} 4']);
});
