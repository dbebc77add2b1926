import { describe, expect, test } from 'vitest';
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
  summary,
  summaryPoint,
} from '../../test/support/pdata.ts';
import { aggregated, aggregations } from './aggregate-points.ts';
import type { Metric, NumberDataPoint } from './metrics.ts';

describe('aggregations', () => {
  const f = (name: string, values: (number | bigint)[], result: number | bigint) =>
    expect(aggregations[name]!(values), name).toBe(result);

  test('of ints are ints, cut', () => {
    f('sum', [1n, 2n, 4n], 7n);
    f('min', [10n, 9n, -3n], -3n);
    f('max', [10n, 9n, -3n], 10n);
    f('mean', [1n, 2n, 4n], 2n);
    f('mean', [-1n, -2n], -1n);
    f('median', [9n, 1n, 4n], 4n);
    f('median', [1n, 4n], 2n);
    f('count', [5n, 5n], 2n);
  });

  test('of doubles, and of both, are doubles', () => {
    f('sum', [1.5, 2], 3.5);
    f('sum', [1n, 0.5], 1.5);
    f('mean', [1, 2], 1.5);
    f('median', [4, 1, 3, 2], 2.5);
    f('count', [1.5, 2n], 2);
    f('min', [2n, 1.5], 1.5);
    // Not as texts: 10 is more than 9.
    f('max', [9, 10], 10);
  });
});

const point = (
  value: number | bigint | undefined,
  labels: Record<string, string>,
  parts: Partial<NumberDataPoint> = {},
) => number(value, { attributes: attributes(labels), ...parts });
const total = (metric: Metric, ...kept: string[]) => aggregated(metric, new Set(kept), aggregations.sum!);
const values = (metric: Metric) => metric.dataPoints.map((each) => (each as NumberDataPoint).value);

describe('merging', () => {
  test('merges points that are equal without the removed attributes, with the earliest start', () => {
    const metric = gauge(
      'm',
      point(1n, { a: 'x', b: '1' }, { startTimeUnixNano: 9n }),
      point(2n, { b: '2', a: 'x' }, { startTimeUnixNano: 3n }),
      point(4n, { a: 'y' }),
    );
    const merged = total(metric, 'a');
    expect(merged.dataPoints).toMatchObject([
      { value: 3n, startTimeUnixNano: 3n, attributes: { entries: [{ key: 'a', value: 'x' }] } },
      { value: 4n },
    ]);
    expect(metric.dataPoints[0]!.attributes.entries).toHaveLength(2);
  });

  test('the order of attributes does not matter, the kind of their values does', () => {
    expect(values(total(gauge('m', point(1n, { a: '1', b: '2' }), point(2n, { b: '2', a: '1' })), 'a', 'b'))).toEqual([
      3n,
    ]);
    const kinds = gauge(
      'm',
      number(1n, { attributes: attributes({ a: 1n }) }),
      number(2n, { attributes: attributes({ a: '1' }) }),
    );
    expect(values(total(kinds, 'a'))).toEqual([1n, 2n]);
  });

  test('does not merge points with different times, or deltas with different starts', () => {
    const points = [point(1n, {}, { timeUnixNano: 5n }), point(2n, {}, { timeUnixNano: 6n })];
    expect(values(total(gauge('m', ...points)))).toEqual([1n, 2n]);
    const starts = [point(1n, {}, { startTimeUnixNano: 1n }), point(2n, {}, { startTimeUnixNano: 2n })];
    expect(values(total(sum({ name: 'm', aggregationTemporality: 1 }, { isMonotonic: true }, ...starts)))).toEqual([
      1n,
      2n,
    ]);
    expect(values(total(counter('m', ...starts)))).toEqual([3n]);
  });

  test('without names all attributes are kept', () => {
    const metric = gauge('m', point(1n, { a: 'x' }), point(2n, { a: 'y' }), point(4n, { a: 'x' }));
    expect(values(aggregated(metric, undefined, aggregations.sum!))).toEqual([5n, 2n]);
  });

  test('points without a value count for nothing', () => {
    expect(values(total(gauge('m', point(undefined, {}), point(2n, {}))))).toEqual([2n]);
    expect(values(total(gauge('m', point(undefined, {}), point(undefined, {}))))).toEqual([undefined]);
  });

  test('histograms of equal bounds add up bucket by bucket', () => {
    const a = histogramPoint({ count: 3, sum: 1, min: 1, max: 5, explicitBounds: [1, 2], bucketCounts: [1, 1, 1] });
    const b = histogramPoint({
      count: 2,
      sum: 4,
      min: 0.5,
      max: 3,
      explicitBounds: [1, 2],
      bucketCounts: [0, 2, 0],
    });
    const empty = histogramPoint({ ...b, count: 0, sum: undefined, min: 0, startTimeUnixNano: 1n });
    const c = histogramPoint({ explicitBounds: [1, 3] });
    const withoutMax = histogramPoint({ ...a, max: undefined });
    expect(total(histogram('h', a, b, empty, c, withoutMax)).dataPoints).toMatchObject([
      { count: 5, sum: 5, min: 0.5, max: 5, startTimeUnixNano: a.startTimeUnixNano },
      { explicitBounds: [1, 3] },
      { max: undefined },
    ]);
    expect(total(histogram('h', a, b)).dataPoints).toMatchObject([{ bucketCounts: [1, 3, 1] }]);
    const none = histogramPoint({ sum: undefined, explicitBounds: [1, 2], bucketCounts: [] });
    expect(total(histogram('h', none, none)).dataPoints).toMatchObject([{ sum: undefined, bucketCounts: [] }]);
    expect(total(histogram('h', none, histogramPoint())).dataPoints).toMatchObject([{ count: 6, sum: undefined }]);
  });

  test('exponential histograms of one scale add up', () => {
    const a = exponentialPoint({ zeroCount: 1, positive: { offset: 1, bucketCounts: [1, 2] } });
    const b = exponentialPoint({ zeroCount: 2, positive: { offset: -1, bucketCounts: [5] } });
    const finer = exponentialPoint({ scale: 3 });
    expect(total(exponential('e', a, b, finer)).dataPoints).toMatchObject([
      { count: 6, sum: 14.5, zeroCount: 3, positive: { offset: -1, bucketCounts: [5, 0, 1, 2] } },
      { scale: 3 },
    ]);
  });

  test('does not change summaries', () => {
    const metric = summary('s', summaryPoint(), summaryPoint());
    expect(total(metric)).toBe(metric);
  });
});
