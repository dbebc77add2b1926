import type { Values } from '#api/values.ts';
import type { SeriesInstance } from '#component/views/series-view.ts';
import { stepMs } from '../observe/sampler.ts';
import { type ApiContext, finite } from './context.ts';

/** Returns the recorded values of series, added up, with the current value as the latest. */
export function valuesOf({ sampler, clock }: ApiContext, series: readonly SeriesInstance[]): Values {
  const { times } = sampler.seriesHistory;
  const sums = new Array<number>(times.length).fill(Number.NaN);
  let current = Number.NaN;
  const add = (sum: number, value: number) => (Number.isNaN(sum) ? value : sum + value);
  for (const one of series) {
    const recorded = sampler.seriesHistory.values(one);
    const from = times.length - recorded.length;
    recorded.forEach((value, i) => {
      sums[from + i] = add(sums[from + i]!, value);
    });
    if (recorded.length > 0 || series.length === 1) current = add(current, one.value);
  }
  const first = sums.findIndex((value) => !Number.isNaN(value));
  const begin = first < 0 ? times.length : first;
  return {
    stepMs,
    unixMs: [...times.slice(begin), clock.now()],
    values: [...sums.slice(begin), current].map(finite),
  };
}
