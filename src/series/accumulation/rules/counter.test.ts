import { describe, expect, test } from 'vitest';
import { noRecordedValueFlag, temporality } from '#pdata/metrics.ts';
import {
  type AccumulatedOutput,
  accumulatedOutput,
  epoch,
  from,
  secondsIn,
  started,
} from '../../../../test/support/accumulated-output.ts';
import { ManualClock, testSettings } from '../../../../test/support/component-settings.ts';
import { MemoryStorage } from '../../../../test/support/memory-storage.ts';
import { attributes, counter, number } from '../../../../test/support/pdata.ts';

const name = 'c';
const metric = (...points: ReturnType<typeof number>[]) => counter(name, ...points);
/** A point of a process that started at `start` and has counted `value` at `seconds` after {@link started}. */
const point = (value: number | bigint, seconds = 1, start = started) =>
  number(value, { startTimeUnixNano: start, timeUnixNano: secondsIn(seconds) });
const total = 'c_total{job="airflow"}';

describe('fresh streams', () => {
  test('add their highest values', async () => {
    const output = await accumulatedOutput();
    output.append(
      from('a', metric(point(3, 1, started))),
      from('b', metric(point(4, 1, started + 1n))),
      from('a', metric(point(5, 2, started))),
    );
    expect(output.samples()).toEqual([`${total} 9`]);
  });

  test('of several processes are one series for each set of attributes', async () => {
    const output = await accumulatedOutput();
    const of = (task: string) =>
      number(1, { startTimeUnixNano: started, timeUnixNano: secondsIn(1), attributes: attributes({ task }) });
    output.append(from('a', metric(of('x'), of('y'))));
    expect(output.samples()).toEqual(['c_total{job="airflow",task="x"} 1', 'c_total{job="airflow",task="y"} 1']);
  });

  test('without process attributes are distinguished by their start times', async () => {
    const output = await accumulatedOutput();
    output.append(from('', metric(point(1, 1, started))), from('', metric(point(1, 1, started + 1n))));
    expect(output.samples()).toEqual([`${total} 2`]);
  });

  test('add integers and doubles to the last digit, in any order', async () => {
    const output = await accumulatedOutput();
    const values = [0.1, 0.2, 1e16, 3n, 0.3, 1n];
    for (const order of [values, values.toReversed()]) {
      const start = order === values ? 0n : 100n;
      output.append(...order.map((value, i) => from('', counter(`c${start}`, point(value, 1, started + BigInt(i))))));
    }
    expect(output.samples().map((line) => line.split(' ')[1])).toEqual([
      '1.0000000000000004e+16',
      '1.0000000000000004e+16',
    ]);
  });

  test.each([
    ['NaN', Number.NaN],
    ['+Inf', Number.POSITIVE_INFINITY],
  ])('do not add %s', async (_, value) => {
    const output = await accumulatedOutput();
    output.append(from('a', metric(point(1))), from('a', metric(point(value, 2))));
    expect(output.samples()).toEqual([`${total} 1`]);
    expect(output.dropped('not_a_number')).toBe(1);
  });
});

/** Times of day in the examples of docs/accumulation.md, as the time of a test: 10:00 is the state start. */
const at = (hours: number, minutes = 0, seconds = 0) =>
  epoch + BigInt(Math.round(((hours - 10) * 3600 + minutes * 60 + seconds) * 1e9));

/** A point of a process that started at `start`. */
const sample = (value: number, start: bigint, time: bigint) =>
  metric(number(value, { startTimeUnixNano: start, timeUnixNano: time }));
const kinds = (output: AccumulatedOutput, kind: string) =>
  output.settings.measured(`pitot_accumulation_${kind}_streams_total`, { exporter: 'prometheus' });
const shown = (value: number) => [`${total} ${value}`];

describe('resumed streams', () => {
  test('continue from the value of their tombstone', async () => {
    const output = await accumulatedOutput();
    const start = at(10, 0, -5) + 5_000_123n;
    output.append(from('a', sample(5, start + 10n ** 10n, at(10))));
    output.settings.clock.advance(3_600_001);
    expect(output.samples()).toEqual(shown(5));
    output.append(from('a', sample(7, start + 10n ** 10n, at(12))));
    expect(output.samples()).toEqual(shown(7));
    output.append(from('a', sample(5, start + 10n ** 10n, at(10))));
    expect(output.samples()).toEqual(shown(7));
    expect(kinds(output, 'resumed')).toBe(1);
  });

  test('add nothing for a point that was delivered late', async () => {
    const output = await accumulatedOutput();
    output.append(from('a', metric(point(6, 2))));
    output.settings.clock.advance(3_600_001);
    output.samples();
    output.append(from('a', metric(point(5, 1))), from('a', metric(point(6, 2))));
    expect(output.samples()).toEqual(shown(6));
  });

  test('continue after their series has expired', async () => {
    const output = await accumulatedOutput({ seriesExpirationMs: 60_000 });
    output.append(from('a', metric(point(5, 1))));
    output.settings.clock.advance(60_001);
    expect(output.samples()).toEqual([]);
    output.append(from('a', metric(point(6, 70))));
    // The series was shown with 5 before: 6 in all.
    expect(output.samples()).toEqual(shown(1));
  });

  test('continue after they were evicted', async () => {
    const output = await accumulatedOutput({ maxStreams: 2 });
    for (let i = 0; i < 400; i++) output.append(from(`p${i}`, metric(point(1, 1, started + BigInt(i)))));
    expect(output.samples()).toEqual(shown(400));
    for (let i = 0; i < 400; i++) output.append(from(`p${i}`, metric(point(1, 1, started + BigInt(i)))));
    expect(output.samples()).toEqual(shown(400));
    output.append(from('p7', metric(point(3, 9, started + 7n))));
    expect(output.samples()).toEqual(shown(402));
  });

  test('continue after NoRecordedValue', async () => {
    const output = await accumulatedOutput();
    const ended = number(undefined, {
      startTimeUnixNano: started,
      timeUnixNano: secondsIn(2),
      flags: noRecordedValueFlag,
    });
    output.append(from('a', metric(point(5, 1))), from('a', metric(ended)), from('a', metric(point(8, 3))));
    expect(output.samples()).toEqual(shown(8));
  });
});

describe('forked streams', () => {
  test('count only their growth', async () => {
    const output = await accumulatedOutput();
    const start = at(10, 0, 5) + 123n;
    output.append(from('p', sample(5, start, at(10, 1))), from('q', sample(5, start, at(10, 1, 1))));
    expect(output.samples()).toEqual(shown(5));
    output.append(from('q', sample(7, start, at(10, 1, 2))));
    expect(output.samples()).toEqual(shown(7));
    output.append(from('p', sample(6, start, at(10, 1, 3))));
    expect(output.samples()).toEqual(shown(8));
    expect(kinds(output, 'forked')).toBe(1);
    const baselines = { exporter: 'prometheus' };
    expect(output.settings.measured('pitot_accumulation_forked_baseline_total', baselines)).toBe(5);
  });

  test('are none when the start time is a whole millisecond', async () => {
    const output = await accumulatedOutput();
    const coarse = epoch + 5_000_000n;
    output.append(from('a', metric(point(2, 1, coarse))), from('b', metric(point(2, 1, coarse))));
    expect(output.samples()).toEqual(shown(4));
  });

  test('never count twice when the copy arrives before its parent', async () => {
    const output = await accumulatedOutput();
    output.append(
      from('child', metric(point(2, 1))),
      from('parent', metric(point(1, 0))),
      from('parent', metric(point(2, 2))),
      from('parent', metric(point(3, 3))),
    );
    expect(output.samples()).toEqual(shown(3));
  });

  test('count more when an earlier point of their own arrives late', async () => {
    const output = await accumulatedOutput();
    output.append(
      from('parent', metric(point(2, 1))),
      from('child', metric(point(6, 5))),
      from('child', metric(point(4, 4))),
    );
    expect(output.samples()).toEqual(shown(4));
    // Not less than the first value of the parent.
    output.append(from('child', metric(point(1, 3))));
    expect(output.samples()).toEqual(shown(6));
  });

  test('count more when an earlier point of the parent arrives late', async () => {
    const output = await accumulatedOutput();
    output.append(
      from('k', metric(point(100, 3))),
      from('p', metric(point(6, 4))),
      from('k', metric(point(5, 2))),
      from('p', metric(point(5, 1))),
    );
    expect(output.samples()).toEqual(shown(101));
  });

  test('are recognized after their parent was discarded', async () => {
    const output = await accumulatedOutput();
    output.append(from('parent', metric(point(5, 1))));
    output.settings.clock.advance(3_600_001);
    output.samples();
    output.append(from('child', metric(point(5, 3_700))), from('child', metric(point(6, 3_710))));
    expect(output.samples()).toEqual(shown(6));
  });

  test('are recognized by the start time in one OTLP identity only', async () => {
    const output = await accumulatedOutput();
    const named = (name: string, value: number) =>
      counter(name, number(value, { startTimeUnixNano: started, timeUnixNano: secondsIn(1) }));
    output.append(from('a', named('c', 5)), from('b', named('c_total', 5)));
    expect(output.samples()).toEqual(shown(10));
  });
});

describe('pre-existing streams', () => {
  test('without a store, add only what is recorded after the state start', async () => {
    const output = await accumulatedOutput();
    const start = at(9) + 1n;
    output.append(from('a', sample(1001, start, at(9, 59, 50))));
    expect(output.samples()).toEqual(shown(0));
    output.append(from('a', sample(1002, start, at(10, 0, 10))));
    expect(output.samples()).toEqual(shown(0));
    output.append(from('a', sample(1003, start, at(10, 1, 10))));
    expect(output.samples()).toEqual(shown(1));
    expect(kinds(output, 'preexisting')).toBe(1);
  });

  test('without a store, do not add a late point from before the state start', async () => {
    const output = await accumulatedOutput();
    const start = at(9) + 1n;
    output.append(
      from('a', sample(10, start, at(10, 1))),
      from('a', sample(12, start, at(9, 59))),
      from('a', sample(12, start, at(10, 2))),
      from('a', sample(13, start, at(10, 3))),
    );
    expect(output.samples()).toEqual(shown(1));
  });

  test('with a store, start from their first value', async () => {
    const output = await accumulatedOutput({ storage: new MemoryStorage() });
    const start = at(9) + 1n;
    output.append(from('a', sample(5000, start, at(9, 59, 40))), from('a', sample(5001, start, at(9, 59, 50))));
    expect(output.samples()).toEqual(shown(1));
  });

  test('with a store, a lower value from after the state start lowers the baseline', async () => {
    const output = await accumulatedOutput({ storage: new MemoryStorage() });
    const start = at(9) + 1n;
    output.append(
      from('a', sample(10, start, at(10, 3))),
      from('a', sample(8, start, at(10, 2))),
      from('a', sample(5, start, at(9, 59))),
    );
    expect(output.samples()).toEqual(shown(2));
  });

  test('with a store, count in full when the process is first seen more than ten minutes later', async () => {
    const output = await accumulatedOutput({ storage: new MemoryStorage() });
    output.settings.clock.advance(600_001);
    output.append(from('a', sample(5, at(9) + 1n, at(10, 11))));
    expect(output.samples()).toEqual(shown(5));
  });

  test('with a store, a new attribute set of a process that was seen early starts from its first value', async () => {
    const output = await accumulatedOutput({ storage: new MemoryStorage() });
    const start = at(9) + 1n;
    output.append(from('a', counter('other', number(1, { startTimeUnixNano: start, timeUnixNano: at(10) }))));
    output.settings.clock.advance(3_600_000);
    output.append(from('a', sample(5, start, at(11))), from('a', sample(8, start, at(12))));
    expect(output.samples()[0]).toBe(`${total} 3`);
  });

  test('do not include a process that started while pitot was stopped', async () => {
    const storage = new MemoryStorage();
    await (await accumulatedOutput({ storage })).stop();
    const clock = new ManualClock(Number(epoch / 1_000_000n) + 3_600_000);
    const output = await accumulatedOutput({ storage, settings: testSettings('prometheus', clock) });
    output.append(from('a', sample(6, at(10, 30) + 1n, at(10, 59))));
    expect(output.samples()).toEqual(shown(6));
  });

  test('count in full when they start at the state start', async () => {
    const output = await accumulatedOutput();
    output.append(from('a', metric(point(5, 1, epoch))));
    expect(output.samples()).toEqual(shown(5));
  });
});

describe('history', () => {
  test.each([{}, { storage: true }])('counts in full in a new state: %j', async ({ storage }) => {
    const output = await accumulatedOutput(storage ? { storage: new MemoryStorage() } : {});
    const day = 86_400_000_000_000n;
    output.append(from('a', sample(5, epoch - 2n * day + 7n, epoch - day - 1n)));
    output.append(from('a', sample(8, epoch - 2n * day + 7n, epoch - day)));
    expect(output.samples()).toEqual(shown(8));
  });
});

describe('returning streams', () => {
  /** A series of which a stream was counted, discarded, and its tombstone dropped. */
  async function afterDrop() {
    const output = await accumulatedOutput({ maxTombstones: 0, storage: new MemoryStorage() });
    output.append(from('old', sample(3, at(10), at(10, 40))));
    output.settings.clock.advance(3 * 3_600_000);
    expect(output.samples()).toEqual(shown(3));
    return output;
  }

  test('start from their first value if they started no later than the horizon', async () => {
    const output = await afterDrop();
    const start = at(9, 30) + 1n;
    output.append(from('k', sample(8, start, at(12))));
    expect(output.samples()).toEqual(shown(3));
    output.append(from('k', sample(9, start, at(12, 1))));
    expect(output.samples()).toEqual(shown(4));
    output.append(from('l', sample(4, at(10, 30), at(12, 2))));
    expect(output.samples()).toEqual(shown(8));
    expect(kinds(output, 'returning')).toBe(1);
  });

  test('wait for a point that is later than the limit time', async () => {
    const output = await afterDrop();
    const start = at(9, 30) + 1n;
    for (const [value, minute] of [
      [5, 10],
      [7, 20],
      [6, 15],
    ] as const) {
      output.append(from('k', sample(value, start, at(10, minute))));
    }
    expect(output.samples()).toEqual(shown(3));
    output.append(from('k', sample(8, start, at(10, 41))), from('k', sample(9, start, at(10, 42))));
    expect(output.samples()).toEqual(shown(4));
  });

  test('keep waiting after they were discarded', async () => {
    const output = await accumulatedOutput({ maxTombstones: 1, storage: new MemoryStorage() });
    output.append(from('old', sample(3, at(10), at(10, 40))), from('second', sample(1, at(10) + 1n, at(10, 40))));
    output.settings.clock.advance(3 * 3_600_000);
    output.samples();
    // `old` was dropped, and `k` is waiting.
    output.append(from('k', sample(5, at(9) + 1n, at(10, 10))));
    output.settings.clock.advance(2 * 3_600_000);
    output.samples();
    output.append(from('k', sample(7, at(9) + 1n, at(10, 20))));
    expect(output.samples()).toEqual(shown(4));
    output.append(from('k', sample(8, at(9) + 1n, at(11))), from('k', sample(9, at(9) + 1n, at(11, 1))));
    expect(output.samples()).toEqual(shown(5));
  });

  test('are recognized after a restart, and after their series was discarded', async () => {
    const storage = new MemoryStorage();
    const options = { maxTombstones: 0, storage, seriesExpirationMs: 7_200_000 };
    const first = await accumulatedOutput(options);
    first.append(from('old', sample(3, at(10), at(10, 40))));
    first.settings.clock.advance(3 * 3_600_000);
    expect(first.samples()).toEqual([]);
    await first.stop();
    const second = await accumulatedOutput({ ...options, settings: first.settings });
    second.append(from('k', sample(8, at(9, 30) + 1n, at(12))));
    expect(second.samples()).toEqual(shown(0));
  });
});

describe('continued streams', () => {
  test('of an agent that rewrites start times add their growth', async () => {
    const output = await accumulatedOutput();
    const times = [1, 2, 3, 4].map((minute) => at(10, minute) + 1n);
    for (const [i, value] of [100, 102, 102, 103].entries())
      output.append(from('a', sample(value, times[i]!, times[i]!)));
    expect(output.samples()).toEqual(shown(103));
    output.append(from('a', sample(102, times[2]!, times[2]!)), from('a', sample(101, times[1]! + 7n, times[1]! + 7n)));
    expect(output.samples()).toEqual(shown(103));
    expect(kinds(output, 'continued')).toBe(3);
    expect(output.dropped('out_of_order')).toBe(1);
  });

  test('begin again in full after the process has restarted', async () => {
    const output = await accumulatedOutput();
    for (const [minute, value] of [100, 102, 1, 2].entries()) {
      output.append(from('a', sample(value, at(10, minute) + 1n, at(10, minute) + 1n)));
    }
    expect(output.samples()).toEqual(shown(104));
  });

  test('continue from a discarded stream', async () => {
    const output = await accumulatedOutput();
    output.append(from('a', sample(100, at(10) + 1n, at(10) + 1n)));
    output.settings.clock.advance(3_600_001);
    output.samples();
    output.append(from('a', sample(103, at(12) + 1n, at(12) + 1n)));
    expect(output.samples()).toEqual(shown(103));
  });

  test('are none for the points of another process', async () => {
    const output = await accumulatedOutput();
    output.append(from('a', sample(1, at(10) + 1n, at(10) + 1n)), from('b', sample(2, at(10) + 2n, at(10) + 2n)));
    expect(output.samples()).toEqual(shown(3));
  });
});

describe('an unknown start time', () => {
  test('counts in full when the process is first seen more than ten minutes after the state start', async () => {
    const output = await accumulatedOutput();
    output.settings.clock.advance(600_001);
    for (let i = 0; i < 10; i++) output.append(from(`p${i}`, sample(1, 0n, at(10, 11, i))));
    expect(output.samples()).toEqual(shown(10));
  });

  test('starts from the first value of a process that is seen early', async () => {
    const output = await accumulatedOutput();
    output.append(from('a', sample(5, 0n, at(10, 1))), from('a', sample(7, 0n, at(10, 2))));
    expect(output.samples()).toEqual(shown(2));
  });

  test('starts from the first value without process attributes, and is reported once', async () => {
    const output = await accumulatedOutput();
    output.settings.clock.advance(600_001);
    output.append(from('', sample(5, 0n, at(10, 11))), from('', sample(7, 0n, at(10, 12))));
    expect(output.samples()).toEqual(shown(2));
    expect(output.settings.logged.filter((line) => line.includes('start time'))).toEqual([
      expect.stringContaining('"metric":"c"'),
    ]);
  });
});

describe('deltas', () => {
  const delta = (value: number, start: number, end: number) =>
    counter(
      { name, aggregationTemporality: temporality.delta },
      number(value, { startTimeUnixNano: secondsIn(start), timeUnixNano: secondsIn(end) }),
    );

  test('add up, over gaps too, and an exact repeat counts once', async () => {
    const output = await accumulatedOutput();
    output.append(
      from('a', delta(1, 0, 1)),
      from('a', delta(2, 1, 2)),
      from('a', delta(2, 1, 2)),
      from('a', delta(4, 5, 6)),
    );
    expect(output.samples()).toEqual(shown(7));
    expect(output.dropped('duplicate_delta')).toBe(1);
  });

  test('of several processes add up, with and without process attributes', async () => {
    const output = await accumulatedOutput();
    output.append(
      from('a', delta(1, 0, 2)),
      from('b', delta(1, 0.5, 2)),
      from('', delta(1, 0, 2)),
      from('', delta(3, 1, 2)),
    );
    expect(output.samples()).toEqual(shown(6));
  });

  test('of a window without length count once', async () => {
    const output = await accumulatedOutput();
    output.append(from('a', delta(1, 1, 1)), from('a', delta(1, 1, 1)));
    expect(output.samples()).toEqual(shown(1));
  });

  test('with equal points in one message count each of them, and the repeated message once', async () => {
    const output = await accumulatedOutput();
    const [point] = delta(1, 0, 1).dataPoints as [ReturnType<typeof number>];
    const message = from('a', counter({ name, aggregationTemporality: temporality.delta }, point, point, point));
    output.append(message, message);
    expect(output.samples()).toEqual(shown(3));
  });

  test('are recognized as repeats after 40 others', async () => {
    const output = await accumulatedOutput();
    for (let i = 0; i <= 40; i++) output.append(from('a', delta(1, i, i + 1)));
    output.append(from('a', delta(1, 0, 1)));
    expect(output.samples()).toEqual(shown(41));
  });

  test('of a fork do not contain what its parent had not yet exported', async () => {
    const output = await accumulatedOutput();
    output.append(from('parent', delta(5, 0, 10)), from('child', delta(6, 0, 12)), from('child', delta(2, 12, 22)));
    expect(output.samples()).toEqual(shown(8));
  });
});

describe('discarded streams', () => {
  test('leave their contribution in the total', async () => {
    const output = await accumulatedOutput({ streamExpirationMs: 10_000 });
    const active = () => output.settings.measured('pitot_accumulation_active_streams', { exporter: 'prometheus' });
    output.append(from('a', metric(point(5, 1))));
    output.settings.clock.advance(6_000);
    output.append(from('b', metric(point(1, 7, started + 1n))));
    output.settings.clock.advance(5_000);
    expect(output.samples()).toEqual(shown(6));
    expect(active()).toBe(1);
    expect(kinds(output, 'expired')).toBe(1);
  });

  test('do not end their series, which expires after its own time', async () => {
    const output = await accumulatedOutput({ streamExpirationMs: 1_000, seriesExpirationMs: 10_000 });
    output.append(from('a', metric(point(5, 1))));
    output.settings.clock.advance(9_999);
    expect(output.samples()).toEqual(shown(5));
    output.settings.clock.advance(2);
    expect(output.samples()).toEqual([]);
  });
});

describe('values below the highest one', () => {
  test('are out of order when their time is earlier', async () => {
    const output = await accumulatedOutput();
    output.append(from('a', metric(point(5, 2))), from('a', metric(point(3, 1))));
    expect(output.samples()).toEqual([`${total} 5`]);
    expect(output.dropped('out_of_order')).toBe(1);
  });

  test('are a regression when their time is later', async () => {
    const output = await accumulatedOutput();
    output.append(from('a', metric(point(5, 2))), from('a', metric(point(3, 3))), from('a', metric(point(6, 4))));
    expect(output.samples()).toEqual([`${total} 6`]);
    expect(output.dropped('regression')).toBe(1);
  });

  test('are a restart when the start time is unknown', async () => {
    const output = await accumulatedOutput();
    const unknown = (value: number, seconds: number) => metric(point(value, seconds, 0n));
    output.append(
      from('a', unknown(5, 1)),
      from('a', unknown(7, 2)),
      from('a', unknown(2, 3)),
      from('a', unknown(3, 4)),
    );
    // The first value is the baseline; then 2, and 3 after the restart.
    expect(output.samples()).toEqual([`${total} 5`]);
  });

  test('below zero are dropped', async () => {
    const output = await accumulatedOutput();
    output.append(from('a', metric(point(-1))));
    expect(output.samples()).toEqual([`${total} 0`]);
    expect(output.dropped('negative_value')).toBe(1);
  });
});

describe('repeats', () => {
  test('are counted and change nothing', async () => {
    const output = await accumulatedOutput();
    const sent = from('a', metric(point(5)));
    output.append(sent, sent, sent);
    expect(output.samples()).toEqual([`${total} 5`]);
    expect(output.settings.measured('pitot_accumulation_duplicate_points_total', { exporter: 'prometheus' })).toBe(2);
  });

  test('do not include the same value at a later time', async () => {
    const output = await accumulatedOutput();
    output.append(from('a', metric(point(5, 1))), from('a', metric(point(5, 2))));
    expect(output.settings.measured('pitot_accumulation_duplicate_points_total', { exporter: 'prometheus' })).toBe(0);
  });
});

describe('the created timestamp', () => {
  const created = (output: {
    store: { collect(nowMs: number): Iterable<{ series: readonly { createdUnixNano?: bigint | undefined }[] }> };
  }) => [...output.store.collect(0)].flatMap(({ series }) => series.map(({ createdUnixNano }) => createdUnixNano));

  test('is the earliest start that contributed', async () => {
    const output = await accumulatedOutput();
    output.append(from('a', metric(point(1, 5, secondsIn(3)))), from('b', metric(point(1, 5, secondsIn(2)))));
    output.append(from('c', metric(point(1, 5, secondsIn(4)))));
    expect(created(output)).toEqual([secondsIn(2)]);
  });

  test('does not depend on a stream that has not added anything yet', async () => {
    const output = await accumulatedOutput();
    output.append(from('a', metric(point(4, 1, epoch - 7n))));
    expect(created(output)).toEqual([undefined]);
    output.append(from('a', metric(point(5, 2, epoch - 7n))));
    expect(created(output)).toEqual([epoch - 7n]);
  });
});

describe('NoRecordedValue', () => {
  test('ends a stream: the series remains, and a late repeat adds nothing', async () => {
    const output = await accumulatedOutput();
    const ended = number(undefined, {
      startTimeUnixNano: started,
      timeUnixNano: secondsIn(2),
      flags: noRecordedValueFlag,
    });
    output.append(from('a', metric(point(5, 1))), from('a', metric(ended)), from('a', metric(point(5, 1))));
    expect(output.samples()).toEqual([`${total} 5`]);
  });

  test('does not create an unknown series', async () => {
    const output = await accumulatedOutput();
    output.append(from('a', metric(number(undefined, { flags: noRecordedValueFlag }))));
    expect(output.samples()).toEqual([]);
  });
});

test('an unspecified temporality is dropped and counted', async () => {
  const output = await accumulatedOutput();
  output.append(from('a', counter({ name, aggregationTemporality: temporality.unspecified }, point(1))));
  expect(output.samples()).toEqual([]);
  expect(output.dropped('unspecified_temporality')).toBe(1);
});
