import { describe, expect, test } from 'vitest';
import { accumulatedOutput, from, secondsIn, started } from '../../../test/support/accumulated-output.ts';
import { counter, gauge, number, sum } from '../../../test/support/pdata.ts';

const point = (value: number, seconds = 1) =>
  number(value, { startTimeUnixNano: started, timeUnixNano: secondsIn(seconds) });
const events = (value: number, seconds?: number) => from('a', counter('c', point(value, seconds)));
const zero = ['c_total{job="airflow"} 0'];
const shown = (value: number) => [`c_total{job="airflow"} ${value}`];

describe('zero_first', () => {
  test('a new counter is 0 until a complete scrape has returned that 0', async () => {
    const page = await accumulatedOutput({ isZeroFirst: true });
    page.append(events(3));
    expect(page.scrape()).toEqual(zero);
    expect(page.scrape()).toEqual(shown(3));
  });

  test('a scrape that did not arrive does not count', async () => {
    const page = await accumulatedOutput({ isZeroFirst: true });
    page.append(events(3));
    expect(page.scrape({ isAborted: true })).toEqual(zero);
    expect(page.scrape()).toEqual(zero);
    expect(page.scrape()).toEqual(shown(3));
  });

  test('a scrape that began before its first point has not returned the 0', async () => {
    const page = await accumulatedOutput({ isZeroFirst: true });
    const early = page.store.beginScrape('prometheus');
    page.append(events(3));
    page.store.endScrape('prometheus', early);
    expect(page.scrape()).toEqual(zero);
    expect(page.scrape()).toEqual(shown(3));
  });

  test('later increases are shown together with the first', async () => {
    const page = await accumulatedOutput({ isZeroFirst: true });
    page.append(events(3));
    page.scrape();
    page.append(events(5, 2));
    expect(page.scrape()).toEqual(shown(5));
  });

  test('gauges and up-down counters are shown immediately', async () => {
    const page = await accumulatedOutput({ isZeroFirst: true });
    page.append(from('a', gauge('g', point(3)), sum('l', { isMonotonic: false }, point(4))));
    expect(page.samples()).toEqual(['g{job="airflow"} 3', 'l{job="airflow"} 4']);
  });

  test('a series that expires while it is held is forgotten', async () => {
    const page = await accumulatedOutput({ isZeroFirst: true, seriesExpirationMs: 1_000 });
    page.append(events(3));
    page.scrape();
    page.settings.clock.advance(1_001);
    expect(page.scrape()).toEqual([]);
    page.append(events(3));
    expect(page.scrape()).toEqual(zero);
  });
});

describe('zero_hold', () => {
  test('keeps the 0 for that time after the first complete scrape', async () => {
    const page = await accumulatedOutput({ isZeroFirst: true, zeroHoldMs: 30_000 });
    page.append(events(3));
    expect(page.scrape()).toEqual(zero);
    page.settings.clock.advance(29_999);
    expect(page.scrape()).toEqual(zero);
    page.settings.clock.advance(1);
    expect(page.scrape()).toEqual(shown(3));
  });
});
