import { describe, expect, test } from 'vitest';
import { addExponentials } from '#pdata/add-points.ts';
import type { DataPoint, Metric } from '#pdata/metrics.ts';
import {
  attributes,
  counter,
  exponential,
  exponentialPoint,
  gauge,
  histogram,
  histogramPoint,
  number,
} from '../../../test/support/pdata.ts';
import { metricsOf, startProcessor } from '../../../test/support/processors.ts';
import { deltaToCumulativeProcessorFactory } from './factory.ts';

const start = (config: object = {}) => startProcessor(deltaToCumulativeProcessorFactory as never, config);
const delta = { name: 'm', aggregationTemporality: 1 };
const at = (from: number, to: number) => ({ startTimeUnixNano: BigInt(from), timeUnixNano: BigInt(to) });
const count = (value: number | bigint, from: number, to: number) => counter(delta, number(value, at(from, to)));
const points = (metrics: readonly Metric[]) => metrics.flatMap(({ dataPoints }) => dataPoints as readonly DataPoint[]);

describe('sums', () => {
  test('add up from the start of the first point, over gaps', async () => {
    const { feed } = await start();
    expect(metricsOf(await feed(count(5n, 1, 2)))).toMatchObject([
      { aggregationTemporality: 2, dataPoints: [{ value: 5n, ...at(1, 2) }] },
    ]);
    expect(points(metricsOf(await feed(count(2n, 2, 3))))).toMatchObject([{ value: 7n, ...at(1, 3) }]);
    expect(points(metricsOf(await feed(count(1n, 8, 9))))).toMatchObject([{ value: 8n, ...at(1, 9) }]);
  });

  test('points that are late, duplicate, or older than the stream are dropped and counted', async () => {
    const { feed, settings } = await start();
    const counted = (labels = {}) => settings.measured('otelcol_deltatocumulative_datapoints', labels);
    await feed(count(5n, 5, 6));
    expect(await feed(count(5n, 5, 6))).toBeUndefined();
    expect(await feed(count(5n, 5, 5))).toBeUndefined();
    expect(await feed(count(5n, 4, 9))).toBeUndefined();
    expect([counted(), counted({ error: 'delta.ErrOutOfOrder' }), counted({ error: 'delta.ErrOlderStart' })]).toEqual([
      1, 2, 1,
    ]);
    expect(points(metricsOf(await feed(count(1n, 6, 7))))).toMatchObject([{ value: 6n }]);
  });

  test('wrap at 64 bits; a state of the other kind of number counts as zero', async () => {
    const { feed } = await start();
    await feed(count(2n ** 63n - 1n, 1, 2));
    expect(points(metricsOf(await feed(count(1n, 2, 3))))).toMatchObject([{ value: -(2n ** 63n) }]);
    expect(points(metricsOf(await feed(count(0.5, 3, 4))))).toMatchObject([{ value: 0.5 }]);
  });

  test('does not change cumulative points and gauges', async () => {
    const { feed } = await start();
    const others = [counter('a', number(1n)), gauge('b', number(1n))];
    expect(metricsOf(await feed(...others))).toEqual(others);
  });
});

describe('streams', () => {
  const of = (k: string, value: bigint, to = 2) =>
    counter(delta, number(value, { ...at(1, to), attributes: attributes({ k }) }));

  test('points of streams above the limit are dropped and counted, and known streams continue', async () => {
    const { feed, settings } = await start({ max_streams: 2 });
    await feed(of('a', 1n), of('b', 1n), of('c', 1n));
    expect(settings.measured('otelcol_deltatocumulative_datapoints', { error: 'limit' })).toBe(1);
    expect(settings.measured('otelcol_deltatocumulative_streams_tracked')).toBe(2);
    expect(points(metricsOf(await feed(of('b', 1n, 3), of('c', 1n, 3))))).toMatchObject([{ value: 2n }]);
  });

  test('that were idle are forgotten, and make room', async () => {
    const { feed, settings } = await start({ max_streams: 1, max_stale: '10s' });
    await feed(of('a', 1n));
    settings.clock.advance(60_000);
    expect(points(metricsOf(await feed(of('b', 5n))))).toMatchObject([{ value: 5n }]);
    expect(settings.measured('otelcol_deltatocumulative_streams_limit')).toBe(1);
    expect(settings.measured('otelcol_deltatocumulative_streams_max_stale')).toBe(10);
  });
});

describe('histograms', () => {
  const of = (parts: object, to: number) => histogram(delta, histogramPoint({ ...at(1, to), ...parts }));

  test('add up bucket by bucket; extremes and sums only where both have them', async () => {
    const { feed } = await start();
    await feed(of({ count: 3, sum: 2, min: 0, max: 5, bucketCounts: [1, 1, 1] }, 2));
    expect(
      points(metricsOf(await feed(of({ count: 1, sum: 1, min: 4, max: undefined, bucketCounts: [0, 1, 0] }, 3)))),
    ).toMatchObject([{ count: 4, sum: 3, min: 0, max: undefined, bucketCounts: [1, 2, 1] }]);
    expect(points(metricsOf(await feed(of({ count: 1, sum: undefined, bucketCounts: [1, 0, 0] }, 4))))).toMatchObject([
      { count: 5, sum: undefined },
    ]);
  });

  test('points with other bounds start again', async () => {
    const { feed } = await start();
    await feed(of({}, 2));
    expect(points(metricsOf(await feed(of({ count: 1, explicitBounds: [5], bucketCounts: [1, 0] }, 3))))).toMatchObject(
      [{ count: 1, bucketCounts: [1, 0] }],
    );
  });

  test('exponential ones add up at the coarser scale, and get coarser before they get too many', async () => {
    const of = (scale: number, offset: number, bucketCounts: number[]) =>
      exponentialPoint({ scale, count: 1, sum: 1, positive: { offset, bucketCounts } });
    expect(addExponentials(of(1, 2, [1, 1]), of(0, 0, [5]))).toMatchObject({
      scale: 0,
      count: 2,
      positive: { offset: 0, bucketCounts: [5, 2] },
    });
    const wide = addExponentials(of(0, 0, [1]), of(0, 1000, [1]));
    expect([wide.scale, wide.positive.bucketCounts.length <= 160]).toEqual([-3, true]);
    expect(
      addExponentials(of(2147483647, -5, [1]), of(-2147483648, 2147483647, [1])).positive.bucketCounts.length,
    ).toBeLessThanOrEqual(160);
    const { feed } = await start();
    await feed(exponential(delta, { ...of(0, 0, [1]), ...at(1, 2) }));
    expect(points(metricsOf(await feed(exponential(delta, { ...of(0, 0, [2]), ...at(2, 3) }))))).toMatchObject([
      { count: 2, positive: { bucketCounts: [3] } },
    ]);
  });
});

test.each([
  [{ max_stale: '0s' }, 'max_stale must be a positive duration (got 0s)'],
  [{ max_streams: -1 }, 'max_streams must be a positive number (got -1)'],
])('%j is refused', async (config, message) => {
  await expect(start(config)).rejects.toThrow(message);
});
