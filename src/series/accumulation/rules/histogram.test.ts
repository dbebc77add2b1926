import { describe, expect, test } from 'vitest';
import { type HistogramDataPoint, temporality } from '#pdata/metrics.ts';
import {
  type AccumulatedOutput,
  accumulatedOutput,
  from,
  secondsIn,
  started,
} from '../../../../test/support/accumulated-output.ts';
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

describe('adding', () => {
  test('adds the buckets, counts, and sums of processes', async () => {
    expect(
      await page(
        from('a', point(buckets([1, 2, 3], 4))),
        from('b', point(buckets([1, 0, 0], 0.5), 1, started + 1n)),
        from('a', point(buckets([2, 2, 3], 5), 2)),
      ),
    ).toEqual(['h_bucket{le="1"} 3', 'h_bucket{le="2"} 5', 'h_bucket{le="+Inf"} 8', 'h_sum{} 5.5', 'h_count{} 8']);
  });

  test('drops a point with a lower bucket as a regression', async () => {
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
    const delta = (start: bigint, sum = 4) =>
      histogram(
        { name: 'h', aggregationTemporality: temporality.delta },
        histogramPoint({ startTimeUnixNano: start, timeUnixNano: secondsIn(1), ...buckets([1, 1, 1], sum) }),
      );
    expect(await page(from('a', delta(started)), from('a', delta(started)), from('b', delta(started + 1n)))).toContain(
      'h_count{} 6',
    );
    // An equal count with another sum is another window.
    expect(await page(from('a', delta(started)), from('a', delta(started, 5)))).toContain('h_sum{} 9');
  });

  test('a forked delta contains what its parent had not yet exported', async () => {
    const delta = (bucketCounts: number[], sum: number) =>
      histogram(
        { name: 'h', aggregationTemporality: temporality.delta },
        histogramPoint({ startTimeUnixNano: started, timeUnixNano: secondsIn(1), ...buckets(bucketCounts, sum) }),
      );
    expect(await page(from('a', delta([5, 0, 0], 5)), from('b', delta([5, 1, 0], 7)))).toEqual([
      'h_bucket{le="1"} 5',
      'h_bucket{le="2"} 6',
      'h_bucket{le="+Inf"} 6',
      'h_sum{} 7',
      'h_count{} 6',
    ]);
  });
});

describe('different bounds', () => {
  test('keep the bounds that all streams share; count and sum stay exact', async () => {
    expect(
      await page(
        from('a', point(buckets([1, 2, 3], 4, [1, 2]))),
        from('b', point(buckets([10, 20, 30, 40], 5, [1, 1.5, 3]), 1, started + 1n)),
      ),
    ).toEqual(['h_bucket{le="1"} 11', 'h_bucket{le="+Inf"} 106', 'h_sum{} 9', 'h_count{} 106']);
  });

  test('leave only count and sum if none is shared', async () => {
    expect(
      await page(from('a', point(buckets([1, 1], 1, [1]))), from('b', point(buckets([1, 1], 2, [2]), 1, started + 1n))),
    ).toEqual(['h_bucket{le="+Inf"} 4', 'h_sum{} 3', 'h_count{} 4']);
  });

  test('of one stream keep the bounds that its points share', async () => {
    expect(
      await page(
        from('a', point(buckets([1, 1, 1], 1, [1, 2]))),
        from('a', point(buckets([2, 1, 1], 2, [1, 3]), 2)),
        from('a', point(buckets([3, 2, 2], 3, [1, 3]), 3)),
      ),
    ).toEqual(['h_bucket{le="1"} 3', 'h_bucket{le="+Inf"} 7', 'h_sum{} 3', 'h_count{} 7']);
  });
});

describe('points without bounds', () => {
  const bare = { bucketCounts: [], explicitBounds: [], sum: undefined };

  test('add to the count', async () => {
    expect(
      await page(from('a', point({ ...bare, count: 2 })), from('b', point({ ...bare, count: 3 }, 1, started + 1n))),
    ).toEqual(['h_bucket{le="+Inf"} 5', 'h_sum{} 0', 'h_count{} 5']);
  });

  test('do not remove the bounds of other streams', async () => {
    expect(
      await page(
        from('a', point(buckets([1, 1, 1], 3))),
        from('b', point({ bucketCounts: [4], explicitBounds: [], sum: 2, count: 4 }, 1, started + 1n)),
        from('c', point(buckets([1, 0, 0], 1), 1, started + 2n)),
      ),
    ).toEqual(['h_bucket{le="1"} 2', 'h_bucket{le="2"} 3', 'h_bucket{le="+Inf"} 8', 'h_sum{} 6', 'h_count{} 8']);
  });

  test('do not remove the bounds of their own stream', async () => {
    expect(
      await page(
        from('a', point(buckets([1, 1, 1], 3))),
        from('a', point({ ...bare, count: 5, sum: 5 }, 2)),
        from('a', point(buckets([3, 2, 1], 6), 3)),
      ),
    ).toEqual(['h_bucket{le="1"} 3', 'h_bucket{le="2"} 5', 'h_bucket{le="+Inf"} 6', 'h_sum{} 6', 'h_count{} 6']);
  });

  test('before points with bounds: no bucket counts more than the count', async () => {
    expect(
      await page(
        from('a', point({ ...bare, count: 5, sum: 5 })),
        from('a', point(buckets([3, 2, 1], 6), 2)),
        from('a', point(buckets([4, 2, 1], 7), 3)),
      ),
    ).toEqual(['h_bucket{le="1"} 1', 'h_bucket{le="2"} 1', 'h_bucket{le="+Inf"} 7', 'h_sum{} 7', 'h_count{} 7']);
  });
});

describe('sums that are not finite', () => {
  test('keep the last finite sum of their stream, and are counted', async () => {
    const output = await accumulatedOutput();
    output.append(
      from('a', point(buckets([1, 0, 0], 30))),
      from('b', point(buckets([1, 0, 0], 100), 1, started + 1n)),
      from('a', point(buckets([2, 0, 0], Number.NaN), 2)),
      from('a', point(buckets([3, 0, 0], Number.POSITIVE_INFINITY), 3)),
    );
    expect(output.samples().slice(-2)).toEqual(['h_sum{job="airflow"} 130', 'h_count{job="airflow"} 4']);
    expect(output.settings.measured('pitot_accumulation_nonfinite_sums_total', { exporter: 'prometheus' })).toBe(2);
  });
});

describe('an unknown start time', () => {
  test('a fall of the count or of any bucket is a restart', async () => {
    const unknown = (counts: number[], seconds: number) => from('a', point(buckets([...counts, 0], 0), seconds, 0n));
    expect(await page(unknown([5, 0], 1), unknown([0, 6], 2), unknown([0, 9], 3), unknown([1, 12], 4))).toContain(
      'h_count{} 13',
    );
  });

  test('a bucket that decreases while the count does not is a restart', async () => {
    const unknown = (counts: number[], seconds: number) => from('a', point(buckets([...counts, 0], 0), seconds, 0n));
    expect(await page(unknown([5, 0], 1), unknown([0, 5], 2))).toContain('h_count{} 5');
  });
});

test('a fork counts only its growth', async () => {
  expect(
    await page(
      from('a', point(buckets([2, 1, 0], 4))),
      from('b', point(buckets([2, 1, 0], 4), 2)),
      from('b', point(buckets([2, 2, 0], 6), 3)),
    ),
  ).toEqual(['h_bucket{le="1"} 2', 'h_bucket{le="2"} 4', 'h_bucket{le="+Inf"} 4', 'h_sum{} 6', 'h_count{} 4']);
});

test('a parent that is received after its fork counts what it has beyond the copy', async () => {
  expect(
    await page(
      from('child', point(buckets([2, 0, 0], 2), 2)),
      from('parent', point(buckets([1, 0, 0], 1), 1)),
      from('parent', point(buckets([3, 0, 0], 3), 3)),
    ),
  ).toContain('h_count{} 3');
});

test('a resumed stream continues from its tombstone', async () => {
  const output = await accumulatedOutput();
  output.append(from('a', point(buckets([2, 1, 0], 4))));
  output.settings.clock.advance(3_600_001);
  output.samples();
  output.append(from('a', point(buckets([2, 1, 0], 4), 1)));
  expect(output.samples()).toContain('h_count{job="airflow"} 3');
  output.append(from('a', point(buckets([4, 1, 0], 6), 3_700)), from('a', point(buckets([3, 1, 0], 5), 3_650)));
  output.append(from('a', point(buckets([5, 1, 0], 7), 3_710)));
  expect(output.samples()).toEqual([
    'h_bucket{job="airflow",le="1"} 5',
    'h_bucket{job="airflow",le="2"} 6',
    'h_bucket{job="airflow",le="+Inf"} 6',
    'h_sum{job="airflow"} 7',
    'h_count{job="airflow"} 6',
  ]);
});

const odd = { startTimeUnixNano: started, timeUnixNano: started + 5n, explicitBounds: [1], sum: 1 };
const inconsistent = (output: AccumulatedOutput, reason: string) =>
  output.settings.measured('pitot_accumulation_inconsistent_points_total', { exporter: 'prometheus', reason });

test('counts that contradict each other are added, counted, and logged once', async () => {
  const output = await accumulatedOutput();
  for (const count of [5, 9])
    output.append(from('a', histogram('h', histogramPoint({ ...odd, count, bucketCounts: [1, 1] }))));
  expect(output.samples()).toContain('h_count{job="airflow"} 9');
  expect(inconsistent(output, 'bucket_sum_mismatch')).toBe(2);
  expect(output.settings.logged.filter((line) => /do not add up/.test(line))).toHaveLength(1);
});

test('points that start after their time are counted and logged once', async () => {
  const output = await accumulatedOutput();
  const late = { ...odd, startTimeUnixNano: odd.timeUnixNano + 1n, count: 1, bucketCounts: [1, 0] };
  output.append(from('a', histogram('h', histogramPoint(late), histogramPoint(late))));
  expect(inconsistent(output, 'start_after_time')).toBe(2);
  expect(output.settings.logged.filter((line) => /start after/.test(line))).toHaveLength(1);
});

test('a resumed stream whose buckets are not known anymore continues from the first higher count', async () => {
  const output = await accumulatedOutput({ maxTombstones: 1_000 });
  const send = (process: number, observed: number, seconds: number) => {
    const times = { startTimeUnixNano: started + BigInt(process), timeUnixNano: secondsIn(seconds) };
    const counts = { count: observed, sum: observed, explicitBounds: [1, 2], bucketCounts: [observed, 0, 0] };
    output.append(from(`p${process}`, histogram('h', histogramPoint({ ...times, ...counts }))));
  };
  const shown = (count: number) => `h_count{job="airflow"} ${count}`;
  // More than the 64 KiB for buckets.
  for (let process = 0; process < 1_000; process++) send(process, 3, 1);
  output.settings.clock.advance(3_600_001);
  expect(output.samples()).toContain(shown(3_000));
  send(0, 5, 3_700);
  expect(output.samples()).toContain(shown(3_000));
  send(0, 6, 3_710);
  expect(output.samples()).toContain(shown(3_001));
  send(999, 5, 3_720);
  expect(output.samples()).toContain(shown(3_003));
});
