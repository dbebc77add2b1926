import { describe, expect, test } from 'vitest';
import type { HistogramDataPoint, Metric } from '#pdata/metrics.ts';
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
const refused = (statement: string) =>
  expect(() => compileStatement(statement, { context: 'metric', processor: 'transform' }));

describe('conversions', () => {
  test('converts sums to gauges and gauges to sums, and does not change others', () => {
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
  test('the count and sum of a histogram', () => {
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

  test('extracted sums of a summary are cumulative; without points, nothing is added', () => {
    expect(edited(summary('s', summaryPoint({ count: 2 })), 'extract_count_metric(true)').added).toMatchObject([
      { aggregationTemporality: 2, dataPoints: [{ value: 2n }] },
    ]);
    expect(edited(histogram('h', histogramPoint({ sum: undefined })), 'extract_sum_metric(true)').added).toEqual([]);
    expect(() => edited(gauge('g', number(1n)), 'extract_sum_metric(true)')).toThrow(
      'requires an input metric of type Histogram, ExponentialHistogram or Summary, got Gauge',
    );
  });
});

test('copy_metric adds a copy with another name, description, or unit', () => {
  const metric = gauge({ name: 'a', description: 'd', unit: 's' }, number(1n));
  expect(edited(metric, 'copy_metric(name="b", unit="ms")').added).toMatchObject([
    { type: 'Gauge', descriptor: { name: 'b', description: 'd', unit: 'ms' }, dataPoints: [{ value: 1n }] },
  ]);
  expect(edited(metric, 'copy_metric()').metric).toBe(metric);
});

describe('scale_metric', () => {
  test('multiplies values; ints remain ints, truncated and within 64 bits', () => {
    const scaled = edited(gauge('m', number(5n), number(0.5), number(undefined)), 'scale_metric(1.5, "ms")').metric;
    expect(scaled).toMatchObject({
      descriptor: { unit: 'ms' },
      dataPoints: [{ value: 7n }, { value: 0.75 }, { value: undefined }],
    });
    expect(edited(gauge('m', number(2n ** 62n)), 'scale_metric(1000.0)').metric.dataPoints).toMatchObject([
      { value: -(2n ** 63n) },
    ]);
  });

  test('of histograms the sum, bounds, smallest and largest; of summaries the values', () => {
    const point = histogramPoint({ sum: 2, min: 1, max: undefined, explicitBounds: [1, 2], bucketCounts: [1, 1, 1] });
    expect(edited(histogram('h', point), 'scale_metric(10.0)').metric.dataPoints).toMatchObject([
      { sum: 20, min: 10, max: undefined, explicitBounds: [10, 20], bucketCounts: [1, 1, 1], count: 3 },
    ]);
    expect(edited(summary('s', summaryPoint()), 'scale_metric(10.0)').metric.dataPoints).toMatchObject([
      { sum: 30, quantileValues: [{ quantile: 0.5, value: 10 }] },
    ]);
  });

  test('does not scale exponential histograms, and needs a float', () => {
    expect(() => edited(exponential('e', exponentialPoint()), 'scale_metric(10.0)')).toThrow(
      "exponential histograms are not supported by the 'scale_metric' function",
    );
    refused('scale_metric("x")').toThrow('must be a float');
    refused('scale_metric(10)').toThrow('must be a float');
  });
});

test('aggregate_on_attributes keeps some attributes, and merges points that become equal', () => {
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

test('aggregate_on_attribute_value renames several values to one, and merges their points', () => {
  const points = ['a', 'b', 'c'].map((k, index) => number(BigInt(index + 1), { attributes: attributes({ k }) }));
  const { metric } = edited(gauge('m', ...points), 'aggregate_on_attribute_value("sum", "k", ["a", "b"], "ab")');
  expect(metric.dataPoints).toMatchObject([
    { value: 3n, attributes: { entries: [{ value: 'ab' }] } },
    { value: 3n, attributes: { entries: [{ value: 'c' }] } },
  ]);
});

describe('exponential histograms become explicit ones', () => {
  const metric = exponential(
    'e',
    exponentialPoint({
      count: 12,
      scale: 0,
      zeroCount: 2,
      positive: { offset: 0, bucketCounts: [4, 0, 3] },
      negative: { offset: 1, bucketCounts: [3] },
    }),
  );
  // Negative: 3 in [-4, -2). Zero: 2. Positive: 4 in (1, 2], 3 in (4, 8].
  test.each([
    ['upper', '[0.0, 1.0, 2.0, 5.0]', [5, 0, 4, 0, 3]],
    ['midpoint', '[0.0, 1.0, 2.0, 7.0]', [5, 0, 4, 3, 0]],
    ['uniform', '[0.0, 1.0, 2.0, 5.0]', [5, 0, 4, 2, 1]],
  ])('with the distribution %s and the bounds %s', (distribution, bounds, bucketCounts) => {
    const statement = `convert_exponential_histogram_to_histogram("${distribution}", ${bounds})`;
    expect(edited(metric, statement).metric.dataPoints).toMatchObject([{ bucketCounts }]);
  });

  test('every observation is in one bucket', () => {
    for (const distribution of ['upper', 'midpoint', 'uniform', 'random']) {
      const statement = `convert_exponential_histogram_to_histogram("${distribution}", [0.0, 1.5, 3.0, 5.0])`;
      const [point] = edited(metric, statement).metric.dataPoints as readonly HistogramDataPoint[];
      expect(point!.bucketCounts).toHaveLength(5);
      expect(point!.bucketCounts.reduce((total, count) => total + count, 0)).toBe(12);
      expect(point!.bucketCounts[0]).toBe(5);
      expect(point!.sum).toBe(7.25);
    }
  });

  test('an unknown distribution, no bounds, and bounds out of order are refused', () => {
    refused('convert_exponential_histogram_to_histogram("x", [1.0])').toThrow('invalid distribution algorithm: x');
    refused('convert_exponential_histogram_to_histogram("upper", [])').toThrow('explicit bounds cannot be empty');
    refused('convert_exponential_histogram_to_histogram("upper", [2.0, 1.0])').toThrow('explicit bounds must increase');
  });
});

test('conditions on the points of a metric', () => {
  const metric = gauge('m', number(1n), number(1n, { attributes: attributes({ k: 'a' }) }));
  const f = (condition: string, result: boolean) => expect(holds('metric', { metric }, condition)).toBe(result);
  f('HasAttrKeyOnDatapoint("k")', true);
  f('HasAttrKeyOnDatapoint("x")', false);
  f('HasAttrOnDatapoint("k", "a")', true);
  f('HasAttrOnDatapoint("k", "b")', false);
});
