import { describe, expect, test } from 'vitest';
import { type Metric, noRecordedValueFlag } from '#pdata/metrics.ts';
import type { DataType, SeriesPolicy } from '#series/policy.ts';
import { from, secondsIn, started } from '../support/accumulated-output.ts';
import {
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
} from '../support/pdata.ts';
import type { StoreOutput } from '../support/store-output.ts';

/** Started policy in a separate store. */
export interface PolicyUnderTest {
  readonly page: StoreOutput;
  readonly policy: SeriesPolicy;
  /** Time after which every series has expired, ms. */
  readonly longestMs: number;
}

const types: readonly DataType[] = ['Gauge', 'Sum', 'Histogram', 'ExponentialHistogram', 'Summary'];

/** Returns a metric of the type with one point at `seconds`, with `n` observations or the value `n`. */
function metricOf(type: DataType, n: number, seconds = 1, start = started): Metric & { dataPoints: readonly object[] } {
  const times = { startTimeUnixNano: start, timeUnixNano: secondsIn(seconds) };
  switch (type) {
    case 'Gauge':
      return gauge('m', number(n, times));
    case 'Sum':
      return counter('m', number(n, times));
    case 'Histogram':
      return histogram('m', histogramPoint({ ...times, count: n, sum: n, bucketCounts: [n, 0, 0] }));
    case 'ExponentialHistogram':
      return exponential(
        'm',
        exponentialPoint({ ...times, count: n, sum: n, positive: { offset: 0, bucketCounts: [n] } }),
      );
    case 'Summary':
      return summary('m', summaryPoint({ ...times, count: n, sum: n }));
  }
}

/** Tests the contract of series/policy.ts, which the series store and the exporter rely on, for one policy. */
export function describePolicy(name: string, start: () => Promise<PolicyUnderTest>): void {
  describe(name, () => {
    test.each(types)('%s: returns the same rule each time', async (type) => {
      const { policy } = await start();
      expect(policy.ruleFor(metricOf(type, 1))).toBe(policy.ruleFor(metricOf(type, 2)));
    });

    test.each(types)('%s: creates a series with the value of the first point', async (type) => {
      const { page } = await start();
      page.append(from('', metricOf(type, 3)));
      expect(page.store.seriesCount).toBe(1);
      expect(page.samples().at(-1)).toMatch(/ 3$/);
    });

    test.each(types)('%s: shows growth, and changes the version of the family', async (type) => {
      const { page } = await start();
      page.append(from('', metricOf(type, 3)));
      const [before] = [...page.store.collect(0)].map(({ version }) => version);
      page.append(from('', metricOf(type, 5, 2)));
      expect(page.samples().at(-1)).toMatch(/ 5$/);
      expect([...page.store.collect(0)].map(({ version }) => version)).not.toEqual([before]);
    });

    test.each(types)('%s: drops an older point', async (type) => {
      const { page } = await start();
      page.append(from('', metricOf(type, 5, 2)), from('', metricOf(type, 3, 1)));
      expect(page.samples().at(-1)).toMatch(/ 5$/);
      expect(page.dropped('out_of_order')).toBe(1);
    });

    test.each(types)('%s: does not retain the point', async (type) => {
      const { page } = await start();
      const metric = metricOf(type, 3);
      page.append(from('', metric));
      const before = page.samples();
      for (const point of metric.dataPoints) Object.assign(point, { value: 9, count: 9, sum: 9, timeUnixNano: 1n });
      expect(page.samples()).toEqual(before);
    });

    test.each(types)('%s: removes an expired series, which can be created again', async (type) => {
      const { page, longestMs } = await start();
      page.append(from('', metricOf(type, 3)));
      page.settings.clock.advance(longestMs + 1);
      expect(page.samples()).toEqual([]);
      expect(page.store.seriesCount).toBe(0);
      page.append(from('', metricOf(type, 3, 1, started + 1n)));
      expect(page.samples().at(-1)).toMatch(/ 3$/);
    });

    test.each(types)('%s: creates no series for NoRecordedValue', async (type) => {
      const { page } = await start();
      const metric = metricOf(type, 3);
      for (const point of metric.dataPoints) Object.assign(point, { flags: noRecordedValueFlag });
      page.append(from('', metric));
      expect(page.store.seriesCount).toBe(0);
    });

    test.each(types)('%s: has a positive expiration time', async (type) => {
      const { page, policy, longestMs } = await start();
      page.append(from('', metricOf(type, 3)));
      const [series] = [...page.store.collect(0)].flatMap((family) => family.series);
      const expirationMs = policy.ruleFor(metricOf(type, 3)).expirationMs(series as never);
      expect(expirationMs).toBeGreaterThan(0);
      expect(expirationMs).toBeLessThanOrEqual(longestMs);
    });

    test('stores counters and up-down counters together', async () => {
      const { page } = await start();
      page.append(from('', counter('c', number(1)), sum('l', { isMonotonic: false }, number(-1))));
      expect(page.samples().map((line) => line.replace(/\{.*\}/, ''))).toEqual(['c_total 1', 'l -1']);
    });

    test('returns no promise for a request without points', async () => {
      const { page } = await start();
      expect(page.append(from('')).store.append(from(''))).toBeUndefined();
    });

    test('supports scrapes and sweeps of an empty store', async () => {
      const { page, policy } = await start();
      // The start of a state is stored.
      await policy.settled();
      policy.refresh(0);
      page.store.endScrape('prometheus', page.store.beginScrape('prometheus'));
      expect(page.samples()).toEqual([]);
      expect(policy.settled()).toBeUndefined();
    });

    test('can be shut down twice', async () => {
      const { page, policy } = await start();
      page.append(from('', metricOf('Sum', 3)));
      const deadline = AbortSignal.timeout(10_000);
      await policy.shutdown(deadline);
      await expect(policy.shutdown(deadline)).resolves.toBeUndefined();
    });
  });
}
