import { describe, expect, test } from 'vitest';
import { type HistogramMetric, type Metric, temporality } from '#pdata/metrics.ts';
import {
  type AccumulatedOptions,
  type AccumulatedOutput,
  accumulatedOutput,
  epoch,
  from,
} from '../../../test/support/accumulated-output.ts';
import { ManualClock, testSettings } from '../../../test/support/component-settings.ts';
import { MemoryStorage } from '../../../test/support/memory-storage.ts';
import {
  attributes,
  counter,
  exponential,
  exponentialPoint,
  histogram,
  histogramPoint,
  number,
  request,
  resource,
  scope,
  sum,
} from '../../../test/support/pdata.ts';

/*
 * The kinds of faults that version 1 of the rule had, each with its correct value, and cases next to them. Times are seconds after the state
 * start. Starts end in 123 ns, so that no process has the start time of another one.
 *
 * The other kinds have tests of their own: keys without Latin letters in src/prometheus/naming, deltas of exponential histograms in
 * last-value mode in src/series/exponential-merge.test.ts, memory in long-ids.test.ts, and scrapes by a real Prometheus in test/prometheus.
 */

const at = (seconds: number) => epoch + BigInt(Math.round(seconds * 1e3)) * 1_000_000n;
const startAt = (seconds: number) => at(seconds) + 123n;
const times = (start: number, time: number) => ({ startTimeUnixNano: startAt(start), timeUnixNano: at(time) });

type Values = Record<string, string>;
const count = (value: number, start: number, time: number, values: Values = {}) =>
  counter('c', number(value, { ...times(start, time), attributes: attributes(values) }));
const delta = (value: number, start: number, time: number) =>
  counter({ name: 'c', aggregationTemporality: temporality.delta }, number(value, times(start, time)));
const level = (value: number, start: number, time: number) =>
  sum('l', { isMonotonic: false }, number(value, times(start, time)));
const buckets = (bucketCounts: readonly number[], start: number, time: number, options: object = {}) => {
  const size = bucketCounts.reduce((total, one) => total + one, 0);
  return histogram(
    'h',
    histogramPoint({
      ...times(start, time),
      count: size,
      sum: size,
      explicitBounds: [1],
      bucketCounts: [...bucketCounts],
      ...options,
    }),
  );
};
const observed = (bucketCounts: readonly number[], start: number, time: number, options: object = {}) => {
  const size = bucketCounts.reduce((total, one) => total + one, 0);
  return exponential(
    'e',
    exponentialPoint({
      ...times(start, time),
      count: size,
      sum: size,
      positive: { offset: 0, bucketCounts: [...bucketCounts] },
      ...options,
    }),
  );
};

/** Sample lines with their values, without the label job. */
const samples = (output: AccumulatedOutput) =>
  Object.fromEntries(
    output.samples().map((line) => {
      const [, name, value] = /^(.*) (\S+)$/.exec(line.replace(/,?job="[^"]*",?/, '').replace('{}', ''))!;
      return [name!, Number(value)];
    }),
  );

/** Starts at the state start, or `seconds` later. */
function begin(options: AccumulatedOptions = {}, seconds = 0): Promise<AccumulatedOutput> {
  const clock = new ManualClock(Number(epoch / 1_000_000n) + seconds * 1_000);
  return accumulatedOutput({ settings: testSettings('prometheus', clock), ...options });
}

/** Lets time pass, and discards what is idle. */
function pass(output: AccumulatedOutput, seconds: number): void {
  output.settings.clock.advance(seconds * 1_000);
  output.store.sweep(output.settings.clock.monotonic());
}

/** Stops, and starts again after some seconds. */
async function restart(output: AccumulatedOutput, options: AccumulatedOptions, seconds: number) {
  await output.stop();
  const settings = testSettings('prometheus', new ManualClock(output.settings.clock.now() + seconds * 1_000));
  return accumulatedOutput({ settings, ...options });
}

describe('series that end up with equal labels are added', () => {
  const scoped = (version: string, schemaUrl: string, metric: Metric) =>
    request(
      {
        resource: resource({ 'service.name': 'airflow', 'service.instance.id': 'a' }),
        scope: scope('s', version),
        schemaUrl,
      },
      metric,
    );

  test.each<[string, (metric: Metric) => ReturnType<typeof from>, (metric: Metric) => ReturnType<typeof from>]>([
    ['two scope versions', (metric) => scoped('1', '', metric), (metric) => scoped('2', '', metric)],
    ['two schema URLs', (metric) => scoped('1', 'a', metric), (metric) => scoped('1', 'b', metric)],
    ['two scopes of two processes', (metric) => scoped('1', '', metric), (metric) => from('b', metric)],
  ])('%s: 100, 101, … and 50, 51, … are 156', async (_, one, other) => {
    const output = await begin();
    const shown: number[] = [];
    for (let i = 0; i <= 3; i++) {
      output.append(one(count(100 + i, 1, 2 + i)), other(count(50 + i, 1, 2 + i)));
      shown.push(samples(output).c_total!);
    }
    expect(shown).toEqual([150, 152, 154, 156]);
  });

  test('two spellings of a key and of a name', async () => {
    const output = await begin();
    output.append(
      from('a', count(100, 1, 2, { 'a.b': 'x' })),
      from('a', count(56, 1, 2, { a_b: 'x' })),
      from('a', counter('c_total', number(1, { ...times(1, 2), attributes: attributes({ a_b: 'x' }) }))),
    );
    expect(samples(output)).toEqual({ 'c_total{a_b="x"}': 157 });
  });
});

describe('without a store, points from before a restart', () => {
  const total = (name: string) => (output: AccumulatedOutput) => samples(output)[name] ?? 0;
  test.each([
    ['counter', count, total('c_total')],
    ['histogram', (value: number, start: number, time: number) => buckets([value], start, time), total('h_count')],
    [
      'exponential histogram',
      (value: number, start: number, time: number) => observed([value], start, time),
      total('e_count'),
    ],
  ])('%s: after a shown total of 1000, the late 1001 and then 1002 add 2 or less', async (_, metric, shown) => {
    const first = await begin({}, 3_600);
    first.append(from('a', metric(1_000, 3_601, 3_602)));
    const before = shown(first);
    const second = await restart(first, {}, 100);
    second.append(from('a', metric(1_001, 3_601, 3_650)), from('a', metric(1_002, 3_601, 3_710)));
    const increase = before + shown(second);
    expect(increase).toBeGreaterThanOrEqual(1_000);
    expect(increase).toBeLessThanOrEqual(1_002);
    second.append(from('a', metric(1_000, 3_601, 3_602)), from('a', metric(1_005, 3_601, 3_720)));
    expect(before + shown(second)).toBeLessThanOrEqual(1_005);
    expect(before + shown(second)).toBeGreaterThanOrEqual(1_003);
  });
});

describe('without a store, a process whose clock is ahead, and a restart after its first export', () => {
  /** By its own clock, the process starts `start` seconds after the restart. pitot has counted 3 of its 5. */
  async function increase(start: number, options: AccumulatedOptions = {}): Promise<number | undefined> {
    const first = await begin(options, -100);
    first.append(from('a', count(3, start, start + 10)));
    expect(samples(first)).toEqual({ c_total: 3 });
    const second = await restart(first, options, 100);
    second.append(from('a', count(3, start, start + 10)), from('a', count(5, start, start + 20)));
    return options.storage ? samples(second).c_total : 3 + samples(second).c_total!;
  }

  test('counts twice what it had exported: its start time is that of a process that started after the restart', async () => {
    expect(await increase(3)).toBe(3 + 5);
  });

  test('counts once if its start time is before the restart', async () => {
    expect(await increase(-3)).toBe(3 + 2);
  });

  test('counts once with a store', async () => {
    expect(await increase(3, { storage: new MemoryStorage() })).toBe(5);
  });
});

describe('clocks that lag', () => {
  test.each([-20, -600, -7_200])('%i s: 5000 and then 5001 add 1 or less', async (skew) => {
    const output = await begin();
    output.append(from('a', count(5_000, skew - 100, skew + 1)), from('a', count(5_001, skew - 100, skew + 61)));
    expect(samples(output).c_total).toBeLessThanOrEqual(1);
  });

  test('a process that starts later counts in full although its clock lags', async () => {
    const output = await begin({ storage: new MemoryStorage() });
    pass(output, 1_000);
    output.append(from('a', count(5, 1_000 - 1_200, 1_001 - 1_200)));
    expect(samples(output).c_total).toBe(5);
  });
});

describe('late points of forked processes', () => {
  test('k@3=100, p@4=6, k@2=5, p@1=5 are 101', async () => {
    const output = await begin();
    output.append(
      from('k', count(100, 0.5, 3)),
      from('p', count(6, 0.5, 4)),
      from('k', count(5, 0.5, 2)),
      from('p', count(5, 0.5, 1)),
    );
    expect(samples(output).c_total).toBe(101);
  });

  test('histograms too', async () => {
    const output = await begin();
    output.append(
      from('k', buckets([100], 0.5, 3)),
      from('p', buckets([6], 0.5, 4)),
      from('k', buckets([5], 0.5, 2)),
      from('p', buckets([5], 0.5, 1)),
    );
    expect(samples(output).h_count).toBe(101);
  });

  test('three children, each point twice and in any order, never exceed what happened', async () => {
    const points = [
      ['p', count(4, 0.5, 1)],
      ['p', count(6, 0.5, 5)],
      ['a', count(5, 0.5, 2)],
      ['a', count(7, 0.5, 6)],
      ['b', count(4, 0.5, 3)],
      ['c', count(9, 0.5, 4)],
    ] as const;
    // The parent counted 6. The children had copies of at least 4 and counted at most 3, 0, and 5 more.
    for (let turn = 0; turn < points.length; turn++) {
      const output = await begin();
      for (const [process, metric] of [...points.slice(turn), ...points.slice(0, turn), ...points])
        output.append(from(process, metric));
      expect(samples(output).c_total).toBeLessThanOrEqual(6 + 3 + 0 + 5);
    }
  });
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
  'sums that are not finite: 30 + 100, then one process records %d: 130',
  async (broken) => {
    const output = await begin();
    output.append(from('a', buckets([3], 1, 2, { sum: 30 })), from('b', buckets([10], 1.1, 2, { sum: 100 })));
    output.append(from('a', buckets([4], 1, 3, { sum: broken })));
    expect(samples(output)).toMatchObject({ h_sum: 130, h_count: 14 });
    output.append(from('a', observed([3], 1, 2, { sum: 30 })), from('b', observed([10], 1.1, 2, { sum: 100 })));
    output.append(from('a', observed([4], 1, 3, { sum: broken })));
    expect(samples(output)).toMatchObject({ e_sum: 130, e_count: 14 });
  },
);

describe('start time 0', () => {
  const noStart = { startTimeUnixNano: 0n };

  test('[5,0] [0,6] [0,9] [1,12] are 13', async () => {
    const output = await begin();
    for (const [i, counts] of [
      [5, 0],
      [0, 6],
      [0, 9],
      [1, 12],
    ].entries())
      output.append(from('a', buckets(counts, 0, 1 + i, noStart)));
    expect(samples(output).h_count).toBe(13);
  });

  test.each([{}, { storage: new MemoryStorage() }])(
    'ten short-lived processes that are seen after ten minutes are 10',
    async (options) => {
      const output = await begin(options);
      pass(output, 601);
      for (let process = 0; process < 10; process++) {
        output.append(from(`p${process}`, counter('c', number(1, { ...noStart, timeUnixNano: at(602 + process) }))));
      }
      expect(samples(output).c_total).toBe(10);
    },
  );
});

describe('a growing zero threshold', () => {
  test.each([
    [0, 2],
    [0.5, 4],
  ])('from %d to %d keeps 7 observations', async (before, after) => {
    const output = await begin();
    output.append(from('a', observed([1, 2, 2], 1, 2, { zeroThreshold: before })));
    output.append(
      from(
        'a',
        observed([2, 2], 1, 3, {
          zeroThreshold: after,
          zeroCount: 3,
          count: 7,
          sum: 7,
          positive: { offset: Math.log2(after), bucketCounts: [2, 2] },
        }),
      ),
    );
    expect(samples(output).e_count).toBe(7);
    expect(output.dropped('regression')).toBe(0);
  });
});

describe('discarded streams', () => {
  test('a point that is delivered later than stream_expiration: 6', async () => {
    const output = await begin({ streamExpirationMs: 60_000 });
    output.append(from('a', count(5, 1, 2)));
    pass(output, 61);
    output.append(from('a', count(6, 1, 30)));
    expect(samples(output).c_total).toBe(6);
  });

  test('series_expiration is lower than stream_expiration: 6', async () => {
    const output = await begin({ streamExpirationMs: 3_600_000, seriesExpirationMs: 60_000 });
    output.append(from('a', count(5, 1, 2)));
    pass(output, 61);
    expect(samples(output)).toEqual({});
    output.append(from('a', count(6, 1, 62)));
    // The series was discarded with its total of 5: the increase is 6.
    expect(5 + samples(output).c_total!).toBe(6);
  });

  test('a process that started while pitot was down: 6', async () => {
    const storage = new MemoryStorage();
    const first = await begin({ storage });
    const second = await restart(first, { storage }, 300);
    second.append(from('a', count(6, 100, 301)));
    expect(samples(second).c_total).toBe(6);
  });

  test('a new attribute set of a process that started before: 8', async () => {
    const storage = new MemoryStorage();
    const output = await begin({ storage });
    pass(output, 601);
    output.append(from('a', count(3, 602, 603, { t: 'x' })));
    pass(output, 7_200);
    output.append(from('a', count(5, 602, 7_800, { t: 'y' })));
    expect(samples(output)['c_total{t="y"}']! + 3).toBe(8);
  });

  test('more short-lived processes than max_streams: 400', async () => {
    const output = await begin({ maxStreams: 100 });
    for (let process = 0; process < 400; process++)
      output.append(from(`p${process}`, count(1, 1 + process / 1_000, 2)));
    expect(samples(output).c_total).toBe(400);
    for (let process = 0; process < 400; process++)
      output.append(from(`p${process}`, count(1, 1 + process / 1_000, 2)));
    expect(samples(output).c_total).toBe(400);
  });
});

describe('settings that shape series change, with a store', () => {
  test('one more process attribute: 100 before, 101 after', async () => {
    const storage = new MemoryStorage();
    const withHost = (value: number, time: number) =>
      request(
        { resource: resource({ 'service.name': 'airflow', 'service.instance.id': 'a', host: 'h' }) },
        count(value, 1, time),
      );
    const first = await begin({ storage, fingerprint: 'one' });
    first.append(withHost(100, 2));
    const second = await restart(
      first,
      { storage, fingerprint: 'two', processAttributes: ['service.instance.id', 'host'] },
      10,
    );
    second.append(withHost(101, 20));
    expect([100, 101]).toContain(samples(second).c_total);
    second.append(withHost(103, 30));
    expect(samples(second).c_total).toBeLessThanOrEqual(103);
  });
});

describe('forks', () => {
  test('an up-down counter of 2 and three forked children: 2', async () => {
    const output = await begin();
    for (const process of ['p', 'a', 'b', 'c']) output.append(from(process, level(2, 1, 2)));
    expect(samples(output).l).toBe(2);
  });

  test('a delta of 5 that was not yet exported at the fork: 6', async () => {
    const output = await begin();
    output.append(from('p', delta(5, 1, 10)), from('c', delta(6, 1, 10)));
    expect(samples(output).c_total).toBe(6);
  });

  const deltaLevel = (value: number) =>
    sum({ name: 'l', aggregationTemporality: temporality.delta }, { isMonotonic: false }, number(value, times(1, 10)));
  const deltaBuckets = (counts: readonly number[]) => ({
    ...(buckets(counts, 1, 10) as HistogramMetric),
    aggregationTemporality: temporality.delta,
  });

  test.each<[string, Metric, Metric]>([
    ['c_total', delta(5, 1, 10), delta(6, 1, 10)],
    ['l', deltaLevel(5), deltaLevel(6)],
    ['h_count', deltaBuckets([5]), deltaBuckets([5, 1])],
  ])('the same if pitot restarts between the two, twice: %s', async (name, parent, child) => {
    const storage = new MemoryStorage();
    const first = await begin({ storage });
    first.append(from('p', parent));
    const second = await restart(first, { storage }, 1);
    second.append(from('other', delta(1, 2, 10)));
    const third = await restart(second, { storage }, 1);
    third.append(from('c', child));
    expect(samples(third)[name]).toBe(name === 'c_total' ? 7 : 6);
  });

  test('windows are limited, on disk too', async () => {
    const storage = new MemoryStorage();
    const output = await begin({ storage });
    for (let i = 0; i < 20_100; i++) output.append(from('a', delta(1, i, i + 1)));
    await output.stop();
    const rows = [...storage.rows.keys()].filter((key) => key.startsWith('f/'));
    expect(rows.length).toBeLessThanOrEqual(20_000 / 32 + 2);
  });
});

test('a metric type that changes back and forth keeps 7', async () => {
  const output = await begin();
  const typed = (isMonotonic: boolean, value: number, time: number) =>
    sum('m', { isMonotonic }, number(value, times(1, time)));
  output.append(from('a', typed(false, 3, 2)), from('a', typed(true, 7, 3)));
  expect(samples(output).m_total).toBe(7);
  output.append(from('a', typed(false, 2, 4)));
  expect(samples(output)).toEqual({ m: 2, m_total: 7 });
});

test('an empty attribute and an absent attribute: 8, one line', async () => {
  const output = await begin();
  output.append(from('a', count(3, 1, 2, { queue: '' })), from('b', count(5, 1.1, 2)));
  // Prometheus stores no label with an empty value.
  expect(Object.entries(samples(output)).map(([name, value]) => [name.replace('{queue=""}', ''), value])).toEqual([
    ['c_total', 8],
  ]);
});

describe('deltas with equal windows', () => {
  const deltas = (...points: ReturnType<typeof number>[]) =>
    counter({ name: 'c', aggregationTemporality: temporality.delta }, ...points);
  const one = number(1, times(1, 2));

  test('three equal points in one message: 3', async () => {
    const output = await begin();
    output.append(from('a', deltas(one, one, one)));
    expect(samples(output).c_total).toBe(3);
  });

  test('two histograms with equal counts and different sums: both', async () => {
    const output = await begin();
    const of = (total: number) =>
      histogram(
        { name: 'h', aggregationTemporality: temporality.delta },
        histogramPoint({ ...times(1, 2), sum: total }),
      );
    output.append(from('a', of(1)), from('a', of(2)), from('a', of(2)));
    expect(samples(output)).toMatchObject({ h_count: 6, h_sum: 3 });
  });

  test('a repeat after 40 others: once', async () => {
    const output = await begin();
    for (let i = 1; i <= 41; i++) output.append(from('a', delta(1, i, i + 1)));
    output.append(from('a', delta(1, 1, 2)));
    expect(samples(output).c_total).toBe(41);
  });

  test('a repeat after a restart with a store: once', async () => {
    const storage = new MemoryStorage();
    const first = await begin({ storage });
    first.append(from('a', delta(1, 1, 2)));
    const second = await restart(first, { storage }, 1);
    second.append(from('a', delta(1, 1, 2)));
    expect(samples(second).c_total).toBe(1);
  });
});

test('a point without bounds keeps all le', async () => {
  const output = await begin();
  const bounded = (n: number, time: number) => buckets([n, n, n], 1, time, { explicitBounds: [1, 2] });
  output.append(
    from('a', bounded(1, 2)),
    from('b', buckets([5], 1.1, 2, { explicitBounds: [] })),
    from('a', bounded(2, 3)),
  );
  const { h_count, ...rest } = samples(output);
  expect(h_count).toBe(11);
  expect(Object.keys(rest).filter((name) => name.startsWith('h_bucket'))).toHaveLength(3);
});

test('a start time that an agent rewrites: 100, 102, 102, 103 are 3 more', async () => {
  const output = await begin();
  const rewritten = (value: number, time: number) =>
    counter('c', number(value, { startTimeUnixNano: at(time), timeUnixNano: at(time) }));
  output.append(from('a', rewritten(100, 2)));
  const before = samples(output).c_total!;
  output.append(from('a', rewritten(102, 3)), from('a', rewritten(102, 4)), from('a', rewritten(103, 5)));
  expect(samples(output).c_total! - before).toBe(3);
});

describe('an up-down counter of a process that ends', () => {
  test('the same ID with a new start: 4', async () => {
    const output = await begin();
    output.append(from('a', level(8, 1, 2)), from('a', level(4, 10, 11)));
    expect(samples(output).l).toBe(4);
  });

  test('a process that was killed disappears after metric_expiration', async () => {
    const output = await begin();
    output.append(from('a', level(5_000, 1, 2)));
    pass(output, 290);
    expect(samples(output).l).toBe(5_000);
    pass(output, 11);
    expect(samples(output)).toEqual({});
  });
});

describe('send_timestamps', () => {
  const stamped = (output: AccumulatedOutput) =>
    output
      .scrape()
      .find((line) => line.startsWith('c_total'))!
      .split(' ')
      .slice(1)
      .map(Number);

  test('0 and then 3 have different timestamps, which are not later than now', async () => {
    const output = await begin({ sendsTimestamps: true, isZeroFirst: true });
    output.append(from('a', count(3, 1, 2)));
    const [zero, zeroMs] = stamped(output);
    output.settings.clock.advance(1_000);
    const [three, threeMs] = stamped(output);
    expect([zero, three]).toEqual([0, 3]);
    expect(threeMs).toBeGreaterThan(zeroMs!);
    expect(threeMs).toBeLessThanOrEqual(output.settings.clock.now());
  });

  test('a clock that is an hour ahead stamps nothing', async () => {
    const output = await begin({ sendsTimestamps: true });
    output.append(from('a', count(3, 3_600, 3_601)));
    expect(stamped(output)[1]).toBeLessThanOrEqual(output.settings.clock.now());
  });
});
