import { expect, test } from 'vitest';
import { accumulatedOutput, from, secondsIn, started } from '../../../test/support/accumulated-output.ts';
import {
  counter,
  exponential,
  exponentialPoint,
  histogram,
  histogramPoint,
  number,
} from '../../../test/support/pdata.ts';

const times = { startTimeUnixNano: started, timeUnixNano: secondsIn(1) };
const metrics = [
  counter('c', number(3, times)),
  histogram('h', histogramPoint({ ...times, count: 3, sum: 6, explicitBounds: [1, 2], bucketCounts: [1, 1, 1] })),
  exponential(
    'e',
    exponentialPoint({ ...times, count: 4, sum: 9, zeroCount: 1, positive: { offset: 1, bucketCounts: [1, 2] } }),
  ),
];

test('while the initial zero is held, the totals are what scrapers receive afterwards', async () => {
  const page = await accumulatedOutput({ isZeroFirst: true });
  page.append(from('a', ...metrics));
  const totals = page.totals();
  expect(page.scrape()).not.toEqual(totals);
  expect(totals).toEqual(page.scrape());
  expect(totals).toContain('c_total{job="airflow"} 3');
});

test('a value that is revealed after the totals were collected stays revealed', async () => {
  const page = await accumulatedOutput({ isZeroFirst: true });
  page.append(from('a', ...metrics));
  const families = page.store.collectTotals(page.settings.clock.monotonic());
  page.scrape();
  const revealed = page.scrape();
  for (const { series } of families) for (const each of series) Object.values(valuesOf(each));
  expect(page.scrape()).toEqual(revealed);
});

test('no series becomes the prototype of another object, which would cost 1.5 kB each', async () => {
  const page = await accumulatedOutput({ isZeroFirst: true });
  page.append(from('a', ...metrics));
  const stored = [...page.store.collect(page.settings.clock.monotonic())].flatMap(({ series }) => series);
  const totals = [...page.store.collectTotals(page.settings.clock.monotonic())].flatMap(({ series }) => series);
  expect(totals).toHaveLength(stored.length);
  expect(stored.filter((series, i) => Object.prototype.isPrototypeOf.call(series, totals[i]!))).toEqual([]);
});

/** Reads every property that the exposition formats read. */
function valuesOf(series: object): Record<string, unknown> {
  const names = ['value', 'count', 'sum', 'cumulativeCounts', 'zeroCount', 'positive', 'negative', 'classic'];
  return Object.fromEntries(names.map((name) => [name, Reflect.get(series, name)]));
}
