import type { AccumulatedSeries } from '../streams/accumulated-series.ts';

/** @throws RangeError when there is no series with that ID */
export function seriesOf(byId: ReadonlyMap<number, AccumulatedSeries>, id: number): AccumulatedSeries {
  const series = byId.get(id);
  if (!series) throw new RangeError(`there is no series ${id}`);
  return series;
}
