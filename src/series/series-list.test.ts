import { expect, test } from 'vitest';
import { SeriesList } from './series-list.ts';
import type { StoredSeries } from './stored-series.ts';

test('yields the live series, regardless of removals', () => {
  const list = new SeriesList();
  const all = Array.from({ length: 100 }, () => ({ isLive: true }));
  for (const series of all) list.add(series as StoredSeries);
  // The last ones, some in the middle, and all that is left.
  for (const [from, until] of [
    [90, 100],
    [20, 70],
    [0, 20],
    [70, 90],
  ] as const) {
    for (const series of all.slice(from, until)) {
      series.isLive = false;
      list.removed();
    }
    expect([...list]).toEqual(all.filter(({ isLive }) => isLive));
    expect(list.size).toBe([...list].length);
  }
  expect(list.size).toBe(0);
});
