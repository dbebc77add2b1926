import { expect, test } from 'vitest';
import type { Metric } from '#pdata/metrics.ts';
import { accumulatedOutput, epoch, from } from '../../../../test/support/accumulated-output.ts';
import { MemoryStorage } from '../../../../test/support/memory-storage.ts';
import {
  exponential,
  exponentialPoint,
  histogram,
  histogramPoint,
  summary,
  summaryPoint,
} from '../../../../test/support/pdata.ts';

const at = (seconds: number) => epoch + BigInt(seconds) * 1_000_000_000n;
type Sizes = { count: number; sum: number | undefined; start: number; time: number };
const times = ({ start, time }: Sizes) => ({ startTimeUnixNano: at(start) + 123n, timeUnixNano: at(time) });

const kinds: [string, (sizes: Sizes) => Metric][] = [
  ['histogram', (of) => histogram('m', histogramPoint({ ...of, ...times(of), bucketCounts: [of.count, 0, 0] }))],
  [
    'exponential histogram',
    (of) =>
      exponential('m', exponentialPoint({ ...of, ...times(of), positive: { offset: 0, bucketCounts: [of.count] } })),
  ],
  [
    'summary',
    ({ sum = Number.NaN, ...of }) => summary('m', summaryPoint({ count: of.count, sum, ...times({ ...of, sum }) })),
  ],
];
const unknowns = [Number.NaN, Number.POSITIVE_INFINITY, undefined];
const cases = kinds.flatMap(([kind, metric]) => unknowns.map((sum) => [kind, sum, metric] as const));

const sumIn = (lines: readonly string[]) => Number(lines.find((line) => line.startsWith('m_sum'))?.split(' ')[1]);

test.each(cases)(
  '%s that started before the state start, with the sum %s: later sums add their growth',
  async (_, unknown, metric) => {
    const output = await accumulatedOutput();
    output.append(from('a', metric({ count: 100, sum: unknown, start: -500, time: 2 })));
    output.append(from('a', metric({ count: 101, sum: 5_000, start: -500, time: 3 })));
    output.append(from('a', metric({ count: 103, sum: 5_007, start: -500, time: 4 })));
    expect(sumIn(output.samples())).toBe(7);
  },
);

test.each(cases)('%s that is new, with the sum %s: the first finite sum counts in full', async (_, unknown, metric) => {
  const output = await accumulatedOutput();
  output.append(from('a', metric({ count: 1, sum: unknown, start: 1, time: 2 })));
  output.append(from('a', metric({ count: 2, sum: 5, start: 1, time: 3 })));
  expect(sumIn(output.samples())).toBe(5);
});

test.each(cases)(
  '%s of a fork with the sum %s: the copy does not count again, not even after a restart',
  async (_, unknown, metric) => {
    const storage = new MemoryStorage();
    const first = await accumulatedOutput({ storage });
    first.append(from('p', metric({ count: 100, sum: 500, start: 1, time: 2 })));
    first.append(from('c', metric({ count: 100, sum: unknown, start: 1, time: 2 })));
    await first.stop();
    const second = await accumulatedOutput({ storage });
    second.append(from('c', metric({ count: 101, sum: 505, start: 1, time: 3 })));
    expect(sumIn(second.samples())).toBe(500);
    second.append(from('c', metric({ count: 102, sum: 509, start: 1, time: 4 })));
    expect(sumIn(second.samples())).toBe(504);
  },
);
