import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Metric, type Metrics, temporality } from '#pdata/metrics.ts';
import {
  type AccumulatedOutput,
  accumulatedOutput,
  epoch,
  from,
  secondsIn,
  started,
} from '../support/accumulated-output.ts';
import {
  attributes,
  counter,
  exponential,
  exponentialPoint,
  histogram,
  histogramPoint,
  number,
  sum,
} from '../support/pdata.ts';
import { Random } from './random.ts';

/*
 * Properties of accumulation for generated processes. The output does not depend on the order in which points arrive, on their division
 * into requests, on repetitions, or on restarts.
 */

/** Smallest export of a process: one point of one metric. */
interface Sent {
  readonly process: string;
  readonly metric: Metric;
}

/** Numbers of observations of three sizes between two exports. */
type Interval = readonly [small: number, middle: number, large: number];
const interval: fc.Arbitrary<Interval> = fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3));

interface Life {
  readonly process: string;
  readonly task: string;
  readonly startTimeUnixNano: bigint;
  readonly intervals: readonly Interval[];
  readonly scale: number;
}

/** Processes with different start times after the state start. */
const lives: fc.Arbitrary<readonly Life[]> = fc
  .array(
    fc.record({
      hasId: fc.boolean(),
      task: fc.constantFrom('x', 'y'),
      intervals: fc.array(interval, { minLength: 1, maxLength: 4 }),
      scale: fc.constantFrom(0, 1, 3),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((all) =>
    all.map(({ hasId, ...life }, i) => ({
      ...life,
      process: hasId ? `p${i}` : '',
      startTimeUnixNano: started + BigInt(i) * 1_000_003n,
    })),
  );

const observations = [0.25, 3, 40] as const;

/** Returns all exports of a process in order. */
function exportsOf({ process, task, startTimeUnixNano, intervals, scale }: Life): Sent[] {
  const label = attributes({ task });
  const counts = [0, 0, 0];
  const total = () => counts.reduce((a, b) => a + b, 0);
  const sent: Sent[] = [];
  for (const [i, added] of intervals.entries()) {
    const windowStart = startTimeUnixNano + BigInt(i) * 1_000_000_007n;
    const timeUnixNano = windowStart + 1_000_000_007n;
    added.forEach((count, k) => {
      counts[k]! += count;
    });
    const times = { startTimeUnixNano, timeUnixNano, attributes: label };
    const addedTotal = added[0] + added[1] + added[2];
    const sumOf = (of: readonly number[]) => of.reduce((all, count, k) => all + count * observations[k]!, 0);
    const deltas = { ...times, startTimeUnixNano: windowStart };
    const metrics = [
      counter('c', number(sumOf(counts) / 3, times)),
      sum('l', { isMonotonic: false }, number(counts[0]! - counts[1]!, times)),
      histogram(
        'h',
        histogramPoint({
          ...times,
          explicitBounds: [1, 10],
          bucketCounts: [...counts],
          count: total(),
          sum: sumOf(counts),
        }),
      ),
      exponential(
        'e',
        exponentialPoint({ ...times, ...exponentialOf(counts, scale), count: total(), sum: sumOf(counts) }),
      ),
      counter({ name: 'd', aggregationTemporality: temporality.delta }, number(addedTotal, deltas)),
      histogram(
        { name: 'dh', aggregationTemporality: temporality.delta },
        histogramPoint({
          ...deltas,
          explicitBounds: [1, 10],
          bucketCounts: [...added],
          count: addedTotal,
          sum: sumOf(added),
        }),
      ),
    ];
    sent.push(...metrics.map((metric) => ({ process, metric })));
  }
  return sent;
}

function exponentialOf(counts: readonly number[], scale: number) {
  const offset = -8 * 2 ** scale;
  const bucketCounts: number[] = new Array(16 * 2 ** scale).fill(0);
  observations.forEach((value, k) => {
    bucketCounts[Math.ceil(Math.log2(value) * 2 ** scale) - 1 - offset]! += counts[k]!;
  });
  return { scale, zeroCount: 0, positive: { offset, bucketCounts }, negative: { offset: 0, bucketCounts: [] } };
}

/** Order of exports, repetitions, and division into requests. */
const delivery = fc.record({
  seed: fc.integer(),
  /** Percentage of repeated exports. */
  repeated: fc.nat(60),
  requestSize: fc.integer({ min: 1, max: 12 }),
});

function delivered(
  sent: readonly Sent[],
  { seed, repeated, requestSize }: typeof delivery extends fc.Arbitrary<infer T> ? T : never,
): Metrics[] {
  const random = new Random(seed);
  const all = random.shuffled([...sent, ...sent.filter(() => random.below(100) < repeated)]);
  const requests: Metrics[] = [];
  while (all.length > 0) requests.push(requestOf(all.splice(0, 1 + random.below(requestSize))));
  return requests;
}

function requestOf(sent: readonly Sent[]): Metrics {
  return {
    resourceMetrics: sent.flatMap(({ process, metric }) => from(process, metric).resourceMetrics),
    dataPointCount: sent.length,
  };
}

/** Settings without initial zero, so that the output shows totals immediately. */
const options = { classicBounds: [1, 4, 64], isZeroFirst: false } as const;

async function pageOf(requests: readonly Metrics[]): Promise<AccumulatedOutput> {
  const page = await accumulatedOutput(options);
  page.append(...requests);
  return page;
}

const totalOf = (line: string) =>
  [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))] as const;

test('the output is the same for any order, division into requests, and repetition', async () => {
  await fc.assert(
    fc.asyncProperty(lives, delivery, async (all, way) => {
      const sent = all.flatMap(exportsOf);
      const inOrder = await pageOf([requestOf(sent)]);
      expect((await pageOf(delivered(sent, way))).samples()).toEqual(inOrder.samples());
    }),
    { numRuns: 300 },
  );
});

test('totals equal the counts of the processes', async () => {
  await fc.assert(
    fc.asyncProperty(lives, delivery, async (all, way) => {
      const counted = new Map<string, number>();
      for (const { task, intervals } of all) {
        const events = intervals.flat().reduce((a, b) => a + b, 0);
        for (const name of ['d_total', 'h_count', 'e_count', 'dh_count']) {
          const key = `${name}{job="airflow",task="${task}"}`;
          counted.set(key, (counted.get(key) ?? 0) + events);
        }
      }
      const served = new Map((await pageOf(delivered(all.flatMap(exportsOf), way))).samples().map(totalOf));
      for (const [key, events] of counted) expect([key, served.get(key)]).toEqual([key, events]);
    }),
    { numRuns: 200 },
  );
});

test('totals never fall', async () => {
  await fc.assert(
    fc.asyncProperty(lives, delivery, async (all, way) => {
      const page = await accumulatedOutput(options);
      const known = new Map<string, number>();
      for (const request of delivered(all.flatMap(exportsOf), way)) {
        page.append(request);
        for (const [key, value] of page.samples().map(totalOf)) {
          if (key.startsWith('l{')) continue;
          // Counts of classic buckets never fall, because bounds do not change here.
          expect(value).toBeGreaterThanOrEqual(known.get(key) ?? 0);
          known.set(key, value);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test('restarts do not change the output', async () => {
  await fc.assert(
    fc.asyncProperty(lives, delivery, fc.array(fc.nat(20), { minLength: 1, maxLength: 3 }), async (all, way, stops) => {
      const sent = all.flatMap(exportsOf);
      const directory = mkdtempSync(join(tmpdir(), 'pitot-fuzz-'));
      let page = await accumulatedOutput({ ...options, directory });
      try {
        for (const [i, request] of delivered(sent, way).entries()) {
          await page.store.append(request);
          if (!stops.includes(i)) continue;
          await page.stop();
          page = await accumulatedOutput({ ...options, directory });
        }
        expect(page.samples()).toEqual((await pageOf([requestOf(sent)])).samples());
      } finally {
        await page.stop();
      }
    }),
    { numRuns: 40 },
  );
});

/** Point of any process, including forked, pre-existing, replayed, and returning ones. */
const anyPoint = fc.record({
  process: fc.constantFrom('', 'a', 'b', 'c'),
  start: fc.constantFrom(0n, epoch - 5_000_000_007n, epoch + 7_000_000n, started, started + 1n),
  seconds: fc.integer({ min: -8, max: 40 }),
  value: fc.nat(20),
});

test('totals never fall and never exceed the sum of the highest values for any input', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyPoint, { maxLength: 30 }), async (points) => {
      const page = await accumulatedOutput({ streamExpirationMs: 10_000 });
      const highest = new Map<string, number>();
      let known = 0;
      for (const { process, start, seconds, value } of points) {
        // A lower value of a stream with an unknown start time is a reset, which adds to the total.
        const key = start === 0n ? `${highest.size}` : `${process} ${start}`;
        highest.set(key, Math.max(highest.get(key) ?? 0, value));
        page.append(
          from(process, counter('c', number(value, { startTimeUnixNano: start, timeUnixNano: secondsIn(seconds) }))),
        );
        const total = Number(page.samples()[0]!.split(' ')[1]);
        expect(total).toBeGreaterThanOrEqual(known);
        known = total;
      }
      expect(known).toBeLessThanOrEqual([...highest.values()].reduce((a, b) => a + b, 0));
    }),
    { numRuns: 300 },
  );
});
