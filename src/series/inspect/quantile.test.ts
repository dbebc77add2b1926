import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { HistogramSeries, NativeHistogramSeries, SummarySeries } from '#prometheus/metric-family.ts';
import { nativeBuckets } from '../native-histogram.ts';
import { quantileOf } from './quantile.ts';

const labels = { names: [], values: [], text: undefined };
const times = { labels, timestampMs: undefined, createdUnixNano: undefined };
const classic = (upperBounds: number[], cumulativeCounts: number[], count: number): HistogramSeries => ({
  ...{ kind: 'histogram', sum: 0, exemplars: undefined, upperBounds, cumulativeCounts, count },
  ...times,
});
const empty = { spans: [], deltas: [] };
const native = (offset: number, bucketCounts: number[], scale: number, zeroCount = 0): NativeHistogramSeries => ({
  ...{
    kind: 'nativeHistogram',
    sum: 0,
    schema: scale,
    zeroThreshold: 1e-128,
    zeroCount,
    exemplars: [],
    classic: undefined,
  },
  count: zeroCount + bucketCounts.reduce((a, b) => a + b, 0),
  positive: nativeBuckets({ offset, bucketCounts }, scale),
  negative: empty,
  ...times,
});

describe('classic buckets', () => {
  test.each([
    [0.5, [1, 2, 4], [0, 10, 10], 10, 1.5],
    [0.9, [1, 2, 4], [5, 10, 20], 20, 3.6],
    [0.99, [1, 2], [5, 10], 20, 2],
    [0.5, [10], [10], 10, 5],
    [0.5, [], [], 7, 0],
  ])('q=%d of %j %j (%d) is %d', (q, bounds, counts, count, expected) => {
    expect(quantileOf(classic(bounds, counts, count), q)).toBeCloseTo(expected, 10);
  });

  test('without observations there is no quantile', () => {
    expect(quantileOf(classic([1, 2], [0, 0], 0), 0.5)).toBeNaN();
  });
});

test('native buckets: between powers of two, observations are spread over the logarithm', () => {
  // One bucket (4, 8].
  expect(quantileOf(native(2, [10], 0), 0.5)).toBeCloseTo(4 * Math.SQRT2, 10);
  expect(quantileOf(native(2, [10], 0, 10), 0.25)).toBeCloseTo(0, 10);
  expect(quantileOf(native(2, [], 0), 0.5)).toBeNaN();
});

test('a native quantile lies in the bucket of the observation with its rank', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0.001, max: 1e6, noNaN: true }), { minLength: 1 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      (values, q) => {
        const scale = 3;
        const indexes = values.map((value) => Math.ceil(Math.log2(value) * 2 ** scale) - 1);
        const offset = Math.min(...indexes);
        const counts = new Array<number>(Math.max(...indexes) - offset + 1).fill(0);
        for (const index of indexes) counts[index - offset]!++;
        const estimate = quantileOf(native(offset, counts, scale), q);
        const exact = values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(q * values.length) - 1)]!;
        const width = 2 ** (1 / 2 ** scale) * (1 + 1e-9);
        expect(estimate).toBeLessThanOrEqual(exact * width);
        expect(estimate).toBeGreaterThanOrEqual(exact / width);
      },
    ),
  );
});

test('a summary has only the quantiles that it reports', () => {
  const summary: SummarySeries = { kind: 'summary', count: 3, sum: 0, quantiles: [0.5, 0.9], values: [1, 7], ...times };
  expect([0.5, 0.8, 0.99].map((q) => quantileOf(summary, q))).toEqual([1, 7, 7]);
});
