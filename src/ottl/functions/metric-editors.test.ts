import { describe, expect, test } from 'vitest';
import type { Metric } from '#pdata/metrics.ts';
import { holds, run } from '../../../test/support/ottl.ts';
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
} from '../../../test/support/pdata.ts';
import { compileStatement } from '../compile.ts';

const edited = (metric: Metric, statement: string) => run('metric', { metric }, statement);
const refused = (statement: string) => expect(() => compileStatement(statement, 'metric'));

describe('conversions', () => {
  test('a sum becomes a gauge, a gauge a sum; others stay', () => {
    expect(edited(counter('m', number(5n)), 'convert_sum_to_gauge()').metric).toMatchObject({
      type: 'Gauge',
      dataPoints: [{ value: 5n }],
    });
    expect(edited(gauge('m', number(5n)), 'convert_gauge_to_sum("delta", true)').metric).toMatchObject({
      type: 'Sum',
      aggregationTemporality: 1,
      isMonotonic: true,
      dataPoints: [{ value: 5n }],
    });
    const other = histogram('m', histogramPoint());
    expect(edited(other, 'convert_sum_to_gauge()').metric).toBe(other);
    expect(edited(other, 'convert_gauge_to_sum("cumulative", false)').metric).toBe(other);
    refused('convert_gauge_to_sum("sometimes", true)').toThrow('unknown aggregation temporality: sometimes');
  });
});

describe('extracted sums', () => {
  test('a histogram’s count and sum', () => {
    const metric = histogram(
      { name: 'h', unit: 'ms', aggregationTemporality: 1 },
      histogramPoint({ count: 3, sum: 1.5 }),
      histogramPoint({ sum: undefined }),
    );
    expect(edited(metric, 'extract_count_metric(true)').added).toMatchObject([
      {
        type: 'Sum',
        descriptor: { name: 'h_count', unit: '1' },
        aggregationTemporality: 1,
        isMonotonic: true,
        dataPoints: [{ value: 3n }, { value: 3n }],
      },
    ]);
    expect(edited(metric, 'extract_sum_metric(false, "_total_ms")').added).toMatchObject([
      { descriptor: { name: 'h_total_ms', unit: 'ms' }, isMonotonic: false, dataPoints: [{ value: 1.5 }] },
    ]);
  });

  test('a summary’s are cumulative; without points there is nothing', () => {
    expect(edited(summary('s', summaryPoint({ count: 2 })), 'extract_count_metric(true)').added).toMatchObject([
      { aggregationTemporality: 2, dataPoints: [{ value: 2n }] },
    ]);
    expect(edited(histogram('h', histogramPoint({ sum: undefined })), 'extract_sum_metric(true)').added).toEqual([]);
    expect(() => edited(gauge('g', number(1n)), 'extract_sum_metric(true)')).toThrow(
      'requires an input metric of type Histogram, ExponentialHistogram or Summary, got Gauge',
    );
  });
});

test('copy_metric adds a copy with other words', () => {
  const metric = gauge({ name: 'a', description: 'd', unit: 's' }, number(1n));
  expect(edited(metric, 'copy_metric(name="b", unit="ms")').added).toMatchObject([
    { type: 'Gauge', descriptor: { name: 'b', description: 'd', unit: 'ms' }, dataPoints: [{ value: 1n }] },
  ]);
  expect(edited(metric, 'copy_metric()').metric).toBe(metric);
});

describe('scale_metric', () => {
  test('multiplies values; ints stay ints, cut, and within 64 bits', () => {
    const scaled = edited(gauge('m', number(5n), number(0.5), number(undefined)), 'scale_metric(1.5, "ms")').metric;
    expect(scaled).toMatchObject({
      descriptor: { unit: 'ms' },
      dataPoints: [{ value: 7n }, { value: 0.75 }, { value: undefined }],
    });
    expect(edited(gauge('m', number(2n ** 62n)), 'scale_metric(1000)').metric.dataPoints).toMatchObject([
      { value: -(2n ** 63n) },
    ]);
  });

  test('of histograms the sum, bounds, smallest and largest; of summaries the values', () => {
    const point = histogramPoint({ sum: 2, min: 1, max: undefined, explicitBounds: [1, 2], bucketCounts: [1, 1, 1] });
    expect(edited(histogram('h', point), 'scale_metric(10)').metric.dataPoints).toMatchObject([
      { sum: 20, min: 10, max: undefined, explicitBounds: [10, 20], bucketCounts: [1, 1, 1], count: 3 },
    ]);
    expect(edited(summary('s', summaryPoint()), 'scale_metric(10)').metric.dataPoints).toMatchObject([
      { sum: 30, quantileValues: [{ quantile: 0.5, value: 10 }] },
    ]);
  });

  test('can not scale exponential histograms, or by no number', () => {
    expect(() => edited(exponential('e', exponentialPoint()), 'scale_metric(10)')).toThrow(
      "unsupported metric type: 'ExponentialHistogram'",
    );
    expect(() => edited(gauge('m', number(1n)), 'scale_metric("x")')).toThrow('scale_metric needs a number');
  });
});

test('aggregate_on_attributes keeps some attributes and merges what is equal then', () => {
  const points = [
    number(1n, { attributes: attributes({ a: 'x', b: '1' }) }),
    number(2n, { attributes: attributes({ a: 'x', b: '2' }) }),
    number(5n, { attributes: attributes({ a: 'y', b: '1' }) }),
  ];
  const metric = sum('m', { isMonotonic: false }, ...points);
  const values = (statement: string) =>
    edited(metric, statement).metric.dataPoints.map((point) => [
      point.attributes.entries.map(({ value }) => value).join(),
      (point as { value: unknown }).value,
    ]);
  expect(values('aggregate_on_attributes("sum", ["a"])')).toEqual([
    ['x', 3n],
    ['y', 5n],
  ]);
  expect(values('aggregate_on_attributes("max", [])')).toEqual([['', 5n]]);
  expect(values('aggregate_on_attributes("mean", ["b"])')).toEqual([
    ['1', 3n],
    ['2', 2n],
  ]);
  expect(values('aggregate_on_attributes("sum")')).toEqual([
    ['x,1', 1n],
    ['x,2', 2n],
    ['y,1', 5n],
  ]);
  refused('aggregate_on_attributes("first", [])').toThrow(
    "invalid aggregation function: 'first', valid options: [sum min max count mean median]",
  );
});

test('conditions on the points of a metric', () => {
  const metric = gauge('m', number(1n), number(1n, { attributes: attributes({ k: 5n }) }));
  const f = (condition: string, result: boolean) => expect(holds('metric', { metric }, condition)).toBe(result);
  f('HasAttrKeyOnDatapoint("k")', true);
  f('HasAttrKeyOnDatapoint("x")', false);
  f('HasAttrOnDatapoint("k", "5")', true);
  f('HasAttrOnDatapoint("k", "6")', false);
});
