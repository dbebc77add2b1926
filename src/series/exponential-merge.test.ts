import { expect, test } from 'vitest';
import { temporality } from '#pdata/metrics.ts';
import type { NativeHistogramSeries } from '#prometheus/metric-family.ts';
import { exponential, exponentialPoint, request } from '../../test/support/pdata.ts';
import { StoreOutput } from '../../test/support/store-output.ts';
import { nativeBuckets } from './native-histogram.ts';

const second = 1_000_000_000n;
const begin = 1_700_000_000n * second;
const none = { offset: 0, bucketCounts: [] };

/** The index of the bucket that contains a value. */
const indexOf = (value: number, scale: number) => Math.ceil(Math.log2(value) * 2 ** scale) - 1;

/** Sends one delta point per value, one after the other in time, and returns the series. */
function merged(points: readonly { readonly value: number; readonly scale: number; readonly negative?: boolean }[]) {
  const page = new StoreOutput();
  for (const [i, { value, scale, negative = false }] of points.entries()) {
    const buckets = { offset: indexOf(value, scale), bucketCounts: [1] };
    page.append(
      request(
        {},
        exponential(
          { name: 'h', unit: 'ms', aggregationTemporality: temporality.delta },
          exponentialPoint({
            startTimeUnixNano: begin + BigInt(i) * second,
            timeUnixNano: begin + BigInt(i + 1) * second,
            count: 1,
            sum: negative ? -value : value,
            scale,
            positive: negative ? none : buckets,
            negative: negative ? buckets : none,
          }),
        ),
      ),
    );
  }
  const family = [...page.store.collect(page.settings.clock.monotonic())].find(({ name }) => name === 'h_milliseconds');
  return { series: family?.series[0] as NativeHistogramSeries | undefined, logged: page.settings.logged };
}

/** Counts by index at schema 8. */
function countsOf({ spans, deltas }: NativeHistogramSeries['positive']): Map<number, number> {
  const counts = new Map<number, number>();
  let index = 0;
  let count = 0;
  let next = 0;
  for (const { offset, length } of spans) {
    index += offset;
    for (let i = 0; i < length; i++, index++) {
      count += deltas[next++]!;
      if (count !== 0) counts.set(index, count);
    }
  }
  return counts;
}

/** Returns the counts of points that are not merged. A merge must not change them. */
function expectedCounts(values: readonly number[], scale: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) {
    const [index] = [...countsOf(nativeBuckets({ offset: indexOf(value, scale), bucketCounts: [1] }, scale)).keys()];
    counts.set(index!, (counts.get(index!) ?? 0) + 1);
  }
  return counts;
}

test.each([
  [20, [100, 200, 400]],
  [20, [400, 200, 100]],
  [20, [0.001, 1_000_000]],
  [20, [1e-9, 3, 3, 3, 1e9, 7]],
  [14, [100, 200, 400]],
  [8, [1, 1e20]],
  [3, [100, 200, 400]],
])(
  'deltas at scale %i of %j merge like in the Collector, regardless of the distance between buckets',
  (scale, values) => {
    const { series, logged } = merged(values.map((value) => ({ value, scale })));
    expect([series?.count, series?.sum]).toEqual([values.length, values.reduce((sum, value) => sum + value, 0)]);
    expect(series?.schema).toBe(Math.min(scale, 8));
    expect([...countsOf(series!.positive)].sort()).toEqual([...expectedCounts(values, scale)].sort());
    expect(logged).toEqual([]);
  },
);

test('negative buckets merge in the same way', () => {
  const { series } = merged([100, 200, 400].map((value) => ({ value, scale: 20, negative: true })));
  expect([series?.count, series?.sum]).toEqual([3, -700]);
  expect([...countsOf(series!.negative)].sort()).toEqual([...expectedCounts([100, 200, 400], 20)].sort());
});

test('a coarser point follows points whose buckets were reduced', () => {
  const { series } = merged([
    { value: 100, scale: 20 },
    { value: 400, scale: 20 },
    { value: 200, scale: 2 },
  ]);
  expect([series?.count, series?.sum, series?.schema]).toEqual([3, 700, 2]);
});

test('a finer point follows points whose buckets were reduced', () => {
  const { series } = merged([
    { value: 100, scale: 18 },
    { value: 400, scale: 18 },
    { value: 2 ** 8, scale: 18 },
  ]);
  expect([series?.count, series?.sum, series?.schema]).toEqual([3, 756, 8]);
});

test('a distance that no schema of Prometheus can show is refused', () => {
  const { series } = merged([
    { value: 1e-300, scale: 8 },
    { value: 1e300, scale: 8 },
  ]);
  expect(series?.count).toBe(1);
});
