import { describe, expect, test } from 'vitest';
import type { DataPoint, HistogramDataPoint, Metric } from '#pdata/metrics.ts';
import {
  attributes,
  counter,
  exponential,
  exponentialPoint,
  gauge,
  histogram,
  histogramPoint,
  number,
  sum,
} from '../../../test/support/pdata.ts';
import { metricsOf, startProcessor } from '../../../test/support/processors.ts';
import { exponentialDelta, numberDelta } from './deltas.ts';
import { cumulativeToDeltaProcessorFactory } from './factory.ts';

const start = (config: object = {}) =>
  startProcessor(cumulativeToDeltaProcessorFactory as never, { initial_value: 'keep', ...config });
const at = (seconds: number) => ({ startTimeUnixNano: 1n, timeUnixNano: BigInt(seconds) * 1_000_000_000n });
const count = (value: number | bigint, seconds: number) => counter('m', number(value, at(seconds)));
const points = (metrics: readonly Metric[]) => metrics.flatMap(({ dataPoints }) => dataPoints as readonly DataPoint[]);

describe('sums', () => {
  test('become what came since the last point', async () => {
    const { feed } = await start();
    expect(metricsOf(await feed(count(5n, 1)))).toMatchObject([
      { aggregationTemporality: 1, dataPoints: [{ value: 5n, startTimeUnixNano: 0n }] },
    ]);
    expect(points(metricsOf(await feed(count(7n, 2))))).toMatchObject([
      { value: 2n, ...at(2), startTimeUnixNano: 1_000_000_000n },
    ]);
    expect(points(metricsOf(await feed(count(7n, 3))))).toMatchObject([{ value: 0n }]);
  });

  test('points that decrease are dropped and counted, and later points continue', async () => {
    const { feed, settings } = await start();
    for (const value of [5n, 3n]) await feed(count(value, 1));
    expect(
      settings.measured('otelcol_cumulativetodelta_datapoints_dropped', { metric_type: 'sum', reason: 'reset' }),
    ).toBe(1);
    expect(points(metricsOf(await feed(count(4n, 3))))).toMatchObject([{ value: 1n }]);
  });

  test('of another start time are another stream, and of another kind of number', async () => {
    const { feed } = await start();
    await feed(count(5n, 1));
    const restarted = counter('m', number(7n, { ...at(2), startTimeUnixNano: 2n }));
    expect(points(metricsOf(await feed(restarted)))).toMatchObject([{ value: 7n }]);
    expect(points(metricsOf(await feed(count(6.5, 2))))).toMatchObject([{ value: 6.5 }]);
  });

  test('does not change non-monotonic sums, deltas, and gauges', async () => {
    const { feed } = await start();
    const others = [
      sum('a', { isMonotonic: false }, number(1n)),
      counter({ name: 'b', aggregationTemporality: 1 }, number(1n)),
      gauge('c', number(1n)),
    ];
    expect(metricsOf(await feed(...others))).toEqual(others);
  });

  test('of NaN, and points that say that nothing was recorded', async () => {
    const { feed } = await start();
    expect(points(metricsOf(await feed(count(Number.NaN, 1))))).toMatchObject([{ value: Number.NaN }]);
    expect(await feed(counter('m', number(1n, { flags: 1 })))).toMatchObject({ dataPointCount: 0 });
  });
});

describe('a first point', () => {
  test('is kept, dropped, or kept if the stream started after the processor', async () => {
    const f = async (initial_value: string, startTimeUnixNano: bigint, value: bigint | undefined) => {
      const { feed } = await start({ initial_value });
      const [point] = points(
        metricsOf(await feed(counter('m', number(5n, { startTimeUnixNano, timeUnixNano: 2n ** 62n })))),
      );
      expect((point as { value?: bigint } | undefined)?.value).toBe(value);
    };
    const [before, after] = [1n, 2n ** 61n];
    await f('keep', before, 5n);
    await f('drop', after, undefined);
    await f('auto', before, undefined);
    await f('auto', after, 5n);
  });

  test('of a stream that was forgotten is a first point again', async () => {
    const { feed, settings } = await start({ max_staleness: '10s' });
    await feed(count(5n, 1));
    settings.clock.advance(60_000);
    expect(points(metricsOf(await feed(count(7n, 2))))).toMatchObject([{ value: 7n }]);
    expect(settings.measured('otelcol_cumulativetodelta_streams_tracked')).toBe(1);
  });
});

test('a stream is forgotten after an idle hour by default, as in the Collector', async () => {
  const { feed, settings } = await start();
  await feed(count(5n, 1));
  settings.clock.advance(59 * 60_000);
  expect(points(metricsOf(await feed(count(7n, 2))))).toMatchObject([{ value: 2n }]);
  settings.clock.advance(62 * 60_000);
  expect(points(metricsOf(await feed(count(9n, 3))))).toMatchObject([{ value: 9n }]);
});

describe('histograms', () => {
  const of = (parts: object, seconds: number) => histogram('m', histogramPoint({ ...at(seconds), ...parts }));

  test('become deltas bucket by bucket, without extremes', async () => {
    const { feed } = await start();
    await feed(of({ count: 3, sum: 2, min: 0, max: 5, bucketCounts: [1, 1, 1] }, 1));
    const [point] = points(metricsOf(await feed(of({ count: 5, sum: 9, min: 0, max: 7, bucketCounts: [1, 2, 2] }, 2))));
    expect(point).toMatchObject({ count: 2, sum: 7, min: undefined, max: undefined, bucketCounts: [0, 1, 1] });
  });

  test('drops a point whose count or bucket is lower, and continues from it', async () => {
    const { feed, settings } = await start();
    await feed(of({ count: 3, sum: 1, bucketCounts: [1, 1, 1] }, 1));
    expect(await feed(of({ count: 2, sum: 1, bucketCounts: [1, 1, 0] }, 2))).toMatchObject({ dataPointCount: 0 });
    expect(await feed(of({ count: 3, sum: 1, bucketCounts: [0, 2, 1] }, 3))).toMatchObject({ dataPointCount: 0 });
    const [point] = points(metricsOf(await feed(of({ count: 4, sum: 2, bucketCounts: [0, 3, 1] }, 4))));
    expect(point).toMatchObject({ count: 1, sum: 1, bucketCounts: [0, 1, 0] });
    const dropped = { metric_type: 'histogram', reason: 'reset' };
    expect(settings.measured('otelcol_cumulativetodelta_datapoints_dropped', dropped)).toBe(2);
  });

  test('a sum that is not a number leaves the sum before in place', async () => {
    const { feed } = await start();
    await feed(of({ count: 1, sum: 2, bucketCounts: [1, 0, 0] }, 1));
    const sums = [];
    for (const [count, sum] of [
      [2, Number.NaN],
      [3, 5],
    ] as const) {
      const [point] = points(metricsOf(await feed(of({ count, sum, bucketCounts: [count, 0, 0] }, count))));
      sums.push((point as HistogramDataPoint).sum);
    }
    expect(sums).toEqual([Number.NaN, 3]);
  });

  test('drops points with other buckets or bounds', async () => {
    const { feed, settings } = await start();
    await feed(of({ count: 3, bucketCounts: [1, 1, 1] }, 1));
    await feed(of({ count: 4, explicitBounds: [1, 3], bucketCounts: [1, 1, 2] }, 3));
    await feed(of({ count: 4, explicitBounds: [1], bucketCounts: [1, 3] }, 4));
    expect(
      settings.measured('otelcol_cumulativetodelta_datapoints_dropped', {
        metric_type: 'histogram',
        reason: 'bucket_mismatch',
      }),
    ).toBe(2);
    expect(settings.logged).toHaveLength(2);
  });
});

describe('exponential histograms', () => {
  const of = (scale: number, offset: number, bucketCounts: number[], count = 9) =>
    exponentialPoint({ scale, count, positive: { offset, bucketCounts } });

  test('become deltas by index, at the coarser scale', () => {
    expect(exponentialDelta(of(0, 0, [1, 2], 3), of(0, 0, [2, 2, 5]))).toMatchObject({
      point: { positive: { offset: 0, bucketCounts: [1, 0, 5] } },
    });
    expect(exponentialDelta(of(1, 2, [1, 1, 1], 3), of(0, 1, [4, 5]))).toMatchObject({
      point: { positive: { offset: 1, bucketCounts: [2, 4] } },
    });
    expect(exponentialDelta(of(0, 0, [1], 9), of(1, 0, [2], 10))).toEqual({ dropped: 'reset' });
  });

  test('is a reset when a bucket holds less, or is no longer there', () => {
    const reset = { dropped: 'reset' };
    expect(exponentialDelta(of(0, 0, [1, 2], 3), of(0, 0, [2, 1], 9))).toEqual(reset);
    expect(exponentialDelta(of(0, 0, [1, 2], 3), of(0, 1, [2, 9], 9))).toEqual(reset);
    expect(exponentialDelta(of(0, 0, [1, 2], 3), of(0, 0, [9], 9))).toEqual(reset);
  });

  test('adds the buckets that a larger zero threshold covers to the zero count before', () => {
    const before = { ...of(0, -2, [1, 2, 3, 4], 11), zeroCount: 1 };
    const now = { ...of(0, 1, [6], 15), zeroCount: 9, zeroThreshold: 2 };
    expect(exponentialDelta(before, now)).toMatchObject({
      point: { zeroCount: 2, positive: { offset: 1, bucketCounts: [2] } },
    });
  });

  test('of scales as far apart as can be', () => {
    const before = of(2147483647, -5, [1, 1, 1], 3);
    expect(exponentialDelta(before, of(-2147483648, -1, [4], 9))).toMatchObject({
      point: { positive: { bucketCounts: [1] } },
    });
    // Shifted by 40 bits all of them lie in bucket 0.
    expect(exponentialDelta(of(40, 1000, [2], 2), of(0, 0, [5, 5], 10))).toMatchObject({
      point: { positive: { bucketCounts: [3, 5] } },
    });
  });

  test('in the pipeline', async () => {
    const { feed } = await start();
    await feed(exponential('m', { ...of(0, 0, [1], 1), ...at(1) }));
    expect(points(metricsOf(await feed(exponential('m', { ...of(0, 0, [3], 3), ...at(2) }))))).toMatchObject([
      { count: 2, positive: { bucketCounts: [2] } },
    ]);
  });
});

test('integers wrap at 64 bits, same as in the Collector', () => {
  const [low, high] = [number(-(2n ** 63n)), number(2n ** 63n - 1n)];
  expect(numberDelta(low, high)).toMatchObject({ point: { value: -1n } });
  expect(numberDelta(high, low)).toEqual({ dropped: 'reset' });
  expect(numberDelta(number(1.5), number(2n))).toMatchObject({ point: { value: 0.5 } });
});

test('only what is chosen is converted', async () => {
  const convert = async (config: object) => {
    const { feed } = await start(config);
    const given = [counter('a.x', number(1n)), counter('b.x', number(1n)), histogram('a.h', histogramPoint())];
    return metricsOf(await feed(...given)).map(
      (metric) => 'aggregationTemporality' in metric && metric.aggregationTemporality === 1,
    );
  };
  expect(await convert({})).toEqual([true, true, true]);
  expect(await convert({ include: { metrics: ['a.x'], match_type: 'strict' } })).toEqual([true, false, false]);
  expect(
    await convert({ include: { metrics: ['^a\\.'], match_type: 'regexp' }, exclude: { metric_types: ['Histogram'] } }),
  ).toEqual([true, false, false]);
});

test('distinguishes streams by their attributes', async () => {
  const { feed, settings } = await start();
  const of = (k: string, value: bigint) => counter('m', number(value, { ...at(1), attributes: attributes({ k }) }));
  await feed(of('a', 1n), of('b', 10n));
  expect(points(metricsOf(await feed(of('a', 2n), of('b', 30n))))).toMatchObject([{ value: 1n }, { value: 20n }]);
  expect(settings.measured('otelcol_cumulativetodelta_streams_tracked')).toBe(2);
});
