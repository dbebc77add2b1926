import { describe, expect, test } from 'vitest';
import { noRecordedValueFlag, temporality } from '#pdata/metrics.ts';
import { accumulatedOutput, epoch, from, secondsIn, started } from '../../../../test/support/accumulated-output.ts';
import { number, sum } from '../../../../test/support/pdata.ts';

const level = (value: number, seconds: number, start = started) =>
  sum('l', { isMonotonic: false }, number(value, { startTimeUnixNano: start, timeUnixNano: secondsIn(seconds) }));
const line = 'l{job="airflow"}';

test('adds the latest values of the active processes', async () => {
  const output = await accumulatedOutput();
  output.append(from('a', level(5, 1)), from('b', level(3, 1, started + 1n)), from('a', level(2, 2)));
  expect(output.samples()).toEqual([`${line} 5`]);
});

test('an earlier point changes nothing; a repeat is counted', async () => {
  const output = await accumulatedOutput();
  output.append(from('a', level(5, 2)), from('a', level(9, 1)), from('a', level(5, 2)));
  expect(output.samples()).toEqual([`${line} 5`]);
  expect(output.dropped('out_of_order')).toBe(1);
  expect(output.settings.measured('pitot_accumulation_duplicate_points_total', { exporter: 'prometheus' })).toBe(1);
});

test('a process is active for metric_expiration', async () => {
  const output = await accumulatedOutput({ metricExpirationMs: 10_000 });
  output.append(from('a', level(5_000, 1)));
  output.settings.clock.advance(6_000);
  output.append(from('b', level(3, 7, started + 1n)));
  output.settings.clock.advance(6_000);
  expect(output.samples()).toEqual([`${line} 3`]);
  output.settings.clock.advance(6_000);
  expect(output.samples()).toEqual([]);
});

test('a returning process contributes its value again', async () => {
  const output = await accumulatedOutput({ metricExpirationMs: 10_000 });
  output.append(from('a', level(5, 1)), from('b', level(3, 1, started + 1n)));
  output.settings.clock.advance(6_000);
  output.append(from('b', level(3, 7, started + 1n)));
  output.settings.clock.advance(6_000);
  expect(output.samples()).toEqual([`${line} 3`]);
  output.append(from('a', level(6, 13)));
  expect(output.samples()).toEqual([`${line} 9`]);
});

test('a restarted process replaces its earlier value; a late point of the earlier one changes nothing', async () => {
  const output = await accumulatedOutput();
  output.append(from('a', level(8, 1)), from('a', level(4, 2, started + 7n)), from('a', level(9, 1.5)));
  expect(output.samples()).toEqual([`${line} 4`]);
  expect(output.dropped('out_of_order')).toBe(1);
});

test('without process attributes, the start time distinguishes processes', async () => {
  const output = await accumulatedOutput();
  output.append(from('', level(8, 1)), from('', level(4, 2, started + 7n)));
  expect(output.samples()).toEqual([`${line} 12`]);
});

describe('forked processes', () => {
  test('count only what they have beyond the copy', async () => {
    const output = await accumulatedOutput();
    output.append(from('p', level(2, 1)), ...['x', 'y', 'z'].map((child) => from(child, level(2, 2))));
    expect(output.samples()).toEqual([`${line} 2`]);
    output.append(from('x', level(5, 3)), from('y', level(1, 3)), from('p', level(3, 3)));
    expect(output.samples()).toEqual([`${line} 5`]);
  });

  test('count from their earliest point', async () => {
    const output = await accumulatedOutput();
    output.append(from('p', level(2, 1)), from('x', level(6, 4)), from('x', level(2, 3)));
    expect(output.samples()).toEqual([`${line} 6`]);
  });

  test('still have their copy after they were idle', async () => {
    const output = await accumulatedOutput({ metricExpirationMs: 10_000 });
    output.append(from('p', level(2, 1)), from('x', level(2, 2)));
    for (let i = 0; i < 3; i++) {
      output.settings.clock.advance(6_000);
      output.append(from('p', level(2, 6 * i + 7)));
      output.samples();
    }
    output.append(from('x', level(3, 20)));
    expect(output.samples()).toEqual([`${line} 3`]);
  });

  test('are none when the start time is a whole millisecond', async () => {
    const output = await accumulatedOutput();
    output.append(from('p', level(2, 1, epoch + 5_000_000n)), from('x', level(2, 2, epoch + 5_000_000n)));
    expect(output.samples()).toEqual([`${line} 4`]);
  });
});

test('NoRecordedValue ends a stream, and the series remains', async () => {
  const output = await accumulatedOutput();
  const ended = number(undefined, {
    startTimeUnixNano: started,
    timeUnixNano: secondsIn(3),
    flags: noRecordedValueFlag,
  });
  output.append(from('a', level(5, 1)), from('a', sum('l', { isMonotonic: false }, ended)));
  expect(output.samples()).toEqual([`${line} 0`]);
});

test('deltas are added, each once', async () => {
  const output = await accumulatedOutput();
  const delta = (value: number, seconds: number) =>
    sum(
      { name: 'l', aggregationTemporality: temporality.delta },
      { isMonotonic: false },
      number(value, { startTimeUnixNano: secondsIn(seconds - 1), timeUnixNano: secondsIn(seconds) }),
    );
  output.append(from('a', delta(5, 1)), from('a', delta(-2, 2)), from('a', delta(-2, 2)));
  expect(output.samples()).toEqual([`${line} 3`]);
  expect(output.dropped('duplicate_delta')).toBe(1);
});

test('drops a value that is not a number', async () => {
  const output = await accumulatedOutput();
  output.append(from('a', level(5, 1)), from('a', level(Number.NaN, 2)));
  expect(output.samples()).toEqual([`${line} 5`]);
  expect(output.dropped('not_a_number')).toBe(1);
});
