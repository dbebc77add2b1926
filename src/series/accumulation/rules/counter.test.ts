import { describe, expect, test } from 'vitest';
import { noRecordedValueFlag, temporality } from '#pdata/metrics.ts';
import { accumulatedOutput, epoch, from, secondsIn, started } from '../../../../test/support/accumulated-output.ts';
import { attributes, counter, number } from '../../../../test/support/pdata.ts';

const name = 'c';
const metric = (...points: ReturnType<typeof number>[]) => counter(name, ...points);
/** A point of a process that started at `start` and has counted `value` at `seconds` after {@link started}. */
const point = (value: number | bigint, seconds = 1, start = started) =>
  number(value, { startTimeUnixNano: start, timeUnixNano: secondsIn(seconds) });
const total = 'c_total{job="airflow"}';

describe('rule 1 and 2: each stream counts its highest value, once', () => {
  test('processes add up', async () => {
    const page = await accumulatedOutput();
    page.append(
      from('a', metric(point(3, 1, started))),
      from('b', metric(point(4, 1, started + 1n))),
      from('a', metric(point(5, 2, started))),
    );
    expect(page.samples()).toEqual([`${total} 9`]);
  });

  test('the process leaves the identity of the series, other attributes stay', async () => {
    const page = await accumulatedOutput();
    const of = (task: string) =>
      number(1, { startTimeUnixNano: started, timeUnixNano: secondsIn(1), attributes: attributes({ task }) });
    page.append(from('a', metric(of('x'), of('y'))));
    expect(page.samples()).toEqual(['c_total{job="airflow",task="x"} 1', 'c_total{job="airflow",task="y"} 1']);
  });

  test('without process attributes, the start time tells processes apart', async () => {
    const page = await accumulatedOutput();
    page.append(from('', metric(point(1, 1, started))), from('', metric(point(1, 1, started + 1n))));
    expect(page.samples()).toEqual([`${total} 2`]);
  });

  test('integers and doubles add to the last digit, in any order', async () => {
    const page = await accumulatedOutput();
    const values = [0.1, 0.2, 1e16, 3n, 0.3, 1n];
    for (const order of [values, values.toReversed()]) {
      const start = order === values ? 0n : 100n;
      page.append(...order.map((value, i) => from('', counter(`c${start}`, point(value, 1, started + BigInt(i))))));
    }
    expect(page.samples().map((line) => line.split(' ')[1])).toEqual([
      '1.0000000000000004e+16',
      '1.0000000000000004e+16',
    ]);
  });

  test.each([
    ['NaN', Number.NaN],
    ['+Inf', Number.POSITIVE_INFINITY],
  ])('%s is left out', async (_, value) => {
    const page = await accumulatedOutput();
    page.append(from('a', metric(point(1))), from('a', metric(point(value, 2))));
    expect(page.samples()).toEqual([`${total} 1`]);
    expect(page.dropped('not_a_number')).toBe(1);
  });
});

describe('rule 3: twins', () => {
  test('a forked copy counts only what it grows', async () => {
    const page = await accumulatedOutput();
    page.append(
      from('parent', metric(point(7))),
      from('child', metric(point(7, 2))),
      from('child', metric(point(9, 3))),
    );
    expect(page.samples()).toEqual([`${total} 9`]);
    expect(page.settings.measured('pitot_accumulation_forked_streams_total', { exporter: 'prometheus' })).toBe(1);
  });

  test('start times of whole milliseconds belong to strangers', async () => {
    const page = await accumulatedOutput();
    const coarse = epoch + 5_000_000n;
    page.append(from('a', metric(point(2, 1, coarse))), from('b', metric(point(2, 1, coarse))));
    expect(page.samples()).toEqual([`${total} 4`]);
  });

  test('a copy that arrives before its parent never counts twice', async () => {
    const page = await accumulatedOutput();
    page.append(
      from('child', metric(point(2, 1))),
      from('parent', metric(point(1, 0))),
      from('parent', metric(point(2, 2))),
      from('parent', metric(point(3, 3))),
    );
    expect(page.samples()).toEqual([`${total} 3`]);
  });

  test('an earlier point of a twin moves its baseline, but not below what its elder had', async () => {
    const page = await accumulatedOutput();
    page.append(
      from('parent', metric(point(2, 1))),
      from('child', metric(point(6, 5))),
      from('child', metric(point(4, 4))),
      from('child', metric(point(1, 3))),
    );
    expect(page.samples()).toEqual([`${total} 6`]);
  });
});

describe('rule 4: straddling', () => {
  test('what was counted before the state began is no increase', async () => {
    const page = await accumulatedOutput();
    page.append(from('old', metric(point(100, 1, epoch - 7n))), from('old', metric(point(103, 2, epoch - 7n))));
    expect(page.samples()).toEqual([`${total} 3`]);
    expect(page.settings.measured('pitot_accumulation_preexisting_streams_total', { exporter: 'prometheus' })).toBe(1);
  });

  test('replayed history counts whole', async () => {
    const page = await accumulatedOutput();
    page.append(from('old', metric(number(5, { startTimeUnixNano: epoch - 1_000_007n, timeUnixNano: epoch - 1n }))));
    expect(page.samples()).toEqual([`${total} 5`]);
  });

  test('history is history also when a later point came first', async () => {
    const page = await accumulatedOutput();
    const start = epoch - 1_000_007n;
    page.append(
      from('old', metric(point(8, 1, start))),
      from('old', metric(number(5, { startTimeUnixNano: start, timeUnixNano: epoch - 1n }))),
    );
    expect(page.samples()).toEqual([`${total} 8`]);
  });

  test('the epoch itself is no straddling', async () => {
    const page = await accumulatedOutput();
    page.append(from('a', metric(point(5, 1, epoch))));
    expect(page.samples()).toEqual([`${total} 5`]);
  });
});

describe('rule 5: lost sight of', () => {
  test('an old stream that is new to us may have been counted before', async () => {
    const page = await accumulatedOutput({ streamExpirationMs: 10_000 });
    page.append(from('a', metric(point(5, 10.1))), from('b', metric(point(5, 9.9, started + 1n))));
    expect(page.samples()).toEqual([`${total} 5`]);
    expect(page.settings.measured('pitot_accumulation_returning_streams_total', { exporter: 'prometheus' })).toBe(1);
  });

  test('a stream that was forgotten and goes on counts its growth from then on', async () => {
    const page = await accumulatedOutput({ streamExpirationMs: 10_000 });
    page.append(from('a', metric(point(5, 1))));
    page.settings.clock.advance(10_001);
    page.samples();
    page.append(from('a', metric(point(8, 12))), from('a', metric(point(9, 13))));
    expect(page.samples()).toEqual([`${total} 6`]);
  });
});

describe('rule 6: falling values', () => {
  test('an older point changes nothing', async () => {
    const page = await accumulatedOutput();
    page.append(from('a', metric(point(5, 2))), from('a', metric(point(3, 1))));
    expect(page.samples()).toEqual([`${total} 5`]);
    expect(page.dropped('out_of_order')).toBe(1);
  });

  test('a newer point below changes nothing, and is a regression', async () => {
    const page = await accumulatedOutput();
    page.append(from('a', metric(point(5, 2))), from('a', metric(point(3, 3))), from('a', metric(point(6, 4))));
    expect(page.samples()).toEqual([`${total} 6`]);
    expect(page.dropped('regression')).toBe(1);
  });

  test('with an unknown start, a drop is a reset', async () => {
    const page = await accumulatedOutput();
    const unknown = (value: number, seconds: number) => metric(point(value, seconds, 0n));
    page.append(from('a', unknown(5, 1)), from('a', unknown(7, 2)), from('a', unknown(2, 3)), from('a', unknown(3, 4)));
    // The first value was counted before the state began; then 2, and after the reset 3.
    expect(page.samples()).toEqual([`${total} 5`]);
  });

  test('a counter below zero is left out', async () => {
    const page = await accumulatedOutput();
    page.append(from('a', metric(point(-1))));
    expect(page.samples()).toEqual([`${total} 0`]);
    expect(page.dropped('regression')).toBe(1);
  });
});

describe('rule 7: repeats', () => {
  test('are counted apart and change nothing', async () => {
    const page = await accumulatedOutput();
    const sent = from('a', metric(point(5)));
    page.append(sent, sent, sent);
    expect(page.samples()).toEqual([`${total} 5`]);
    expect(page.settings.measured('pitot_accumulation_duplicate_points_total', { exporter: 'prometheus' })).toBe(2);
  });

  test('the same value later is no repeat', async () => {
    const page = await accumulatedOutput();
    page.append(from('a', metric(point(5, 1))), from('a', metric(point(5, 2))));
    expect(page.settings.measured('pitot_accumulation_duplicate_points_total', { exporter: 'prometheus' })).toBe(0);
  });
});

describe('rule 8: deltas', () => {
  const delta = (value: number, start: number, end: number) =>
    counter(
      { name, aggregationTemporality: temporality.delta },
      number(value, { startTimeUnixNano: secondsIn(start), timeUnixNano: secondsIn(end) }),
    );

  test('add up, over gaps too, and an exact repeat counts once', async () => {
    const page = await accumulatedOutput();
    page.append(
      from('a', delta(1, 0, 1)),
      from('a', delta(2, 1, 2)),
      from('a', delta(2, 1, 2)),
      from('a', delta(4, 5, 6)),
    );
    expect(page.samples()).toEqual([`${total} 7`]);
    expect(page.dropped('duplicate_delta')).toBe(1);
  });

  test('writers at the same time add up, with and without process attributes', async () => {
    const page = await accumulatedOutput();
    page.append(
      from('a', delta(1, 0, 2)),
      from('b', delta(1, 0, 2)),
      from('', delta(1, 0, 2)),
      from('', delta(3, 1, 2)),
    );
    expect(page.samples()).toEqual([`${total} 6`]);
  });

  test('a window without length counts once', async () => {
    const page = await accumulatedOutput();
    page.append(from('a', delta(1, 1, 1)), from('a', delta(1, 1, 1)));
    expect(page.samples()).toEqual([`${total} 1`]);
  });
});

describe('rule 11: folding', () => {
  test('an idle stream is forgotten, the total stays', async () => {
    const page = await accumulatedOutput({ streamExpirationMs: 10_000 });
    const live = () => page.settings.measured('pitot_accumulation_active_streams', { exporter: 'prometheus' });
    page.append(from('a', metric(point(5, 1))));
    page.settings.clock.advance(6_000);
    page.append(from('b', metric(point(1, 7, started + 1n))));
    page.settings.clock.advance(5_000);
    expect(page.samples()).toEqual([`${total} 6`]);
    expect(live()).toBe(1);
    expect(page.settings.measured('pitot_accumulation_expired_streams_total', { exporter: 'prometheus' })).toBe(1);
  });

  test('a series goes after its own time', async () => {
    const page = await accumulatedOutput({ streamExpirationMs: 1_000, seriesExpirationMs: 10_000 });
    page.append(from('a', metric(point(5, 1))));
    page.settings.clock.advance(9_999);
    expect(page.samples()).toEqual([`${total} 5`]);
    page.settings.clock.advance(2);
    expect(page.samples()).toEqual([]);
  });
});

describe('rule 12: created timestamp', () => {
  const created = (page: {
    store: { collect(nowMs: number): Iterable<{ series: readonly { createdUnixNano?: bigint | undefined }[] }> };
  }) => [...page.store.collect(0)].flatMap(({ series }) => series.map(({ createdUnixNano }) => createdUnixNano));

  test('is the earliest start that contributed', async () => {
    const page = await accumulatedOutput();
    page.append(from('a', metric(point(1, 5, secondsIn(3)))), from('b', metric(point(1, 5, secondsIn(2)))));
    page.append(from('c', metric(point(1, 5, secondsIn(4)))));
    expect(created(page)).toEqual([secondsIn(2)]);
  });

  test('a stream that only has a baseline has not contributed yet', async () => {
    const page = await accumulatedOutput();
    page.append(from('a', metric(point(4, 1, epoch - 7n))));
    expect(created(page)).toEqual([undefined]);
    page.append(from('a', metric(point(5, 2, epoch - 7n))));
    expect(created(page)).toEqual([epoch - 7n]);
  });
});

describe('rule 13: NoRecordedValue', () => {
  test('the series stays, and a late repeat counts nothing', async () => {
    const page = await accumulatedOutput();
    const ended = number(undefined, {
      startTimeUnixNano: started,
      timeUnixNano: secondsIn(2),
      flags: noRecordedValueFlag,
    });
    page.append(from('a', metric(point(5, 1))), from('a', metric(ended)), from('a', metric(point(5, 1))));
    expect(page.samples()).toEqual([`${total} 5`]);
  });

  test('of a series that nobody knows makes none', async () => {
    const page = await accumulatedOutput();
    page.append(from('a', metric(number(undefined, { flags: noRecordedValueFlag }))));
    expect(page.samples()).toEqual([]);
  });
});

test('an unspecified temporality is left out and counted', async () => {
  const page = await accumulatedOutput();
  page.append(from('a', counter({ name, aggregationTemporality: temporality.unspecified }, point(1))));
  expect(page.samples()).toEqual([]);
  expect(page.dropped('unspecified_temporality')).toBe(1);
});
