import { expect, test } from 'vitest';
import { noRecordedValueFlag, temporality } from '#pdata/metrics.ts';
import { accumulatedOutput, from, secondsIn, started } from '../../../../test/support/accumulated-output.ts';
import { number, sum } from '../../../../test/support/pdata.ts';

const level = (value: number, seconds: number, start = started) =>
  sum('l', { isMonotonic: false }, number(value, { startTimeUnixNano: start, timeUnixNano: secondsIn(seconds) }));
const line = 'l{job="airflow"}';

test('is the sum of what the live streams have now', async () => {
  const page = await accumulatedOutput();
  page.append(from('a', level(5, 1)), from('b', level(3, 1, started + 1n)), from('a', level(2, 2)));
  expect(page.samples()).toEqual([`${line} 5`]);
});

test('an older point changes nothing; a repeat is counted', async () => {
  const page = await accumulatedOutput();
  page.append(from('a', level(5, 2)), from('a', level(9, 1)), from('a', level(5, 2)));
  expect(page.samples()).toEqual([`${line} 5`]);
  expect(page.dropped('out_of_order')).toBe(1);
  expect(page.settings.measured('pitot_accumulation_duplicate_points_total', { exporter: 'prometheus' })).toBe(1);
});

test('a stream that falls silent takes its value along', async () => {
  const page = await accumulatedOutput({ streamExpirationMs: 10_000 });
  page.append(from('a', level(5, 1)));
  page.settings.clock.advance(6_000);
  page.append(from('b', level(3, 7, started + 1n)));
  page.settings.clock.advance(6_000);
  expect(page.samples()).toEqual([`${line} 3`]);
});

test('NoRecordedValue ends a stream, the series stays', async () => {
  const page = await accumulatedOutput();
  const ended = number(undefined, {
    startTimeUnixNano: started,
    timeUnixNano: secondsIn(3),
    flags: noRecordedValueFlag,
  });
  page.append(from('a', level(5, 1)), from('a', sum('l', { isMonotonic: false }, ended)));
  expect(page.samples()).toEqual([`${line} 0`]);
});

test('deltas add and take away, each once', async () => {
  const page = await accumulatedOutput();
  const delta = (value: number, seconds: number) =>
    sum(
      { name: 'l', aggregationTemporality: temporality.delta },
      { isMonotonic: false },
      number(value, { startTimeUnixNano: secondsIn(seconds - 1), timeUnixNano: secondsIn(seconds) }),
    );
  page.append(from('a', delta(5, 1)), from('a', delta(-2, 2)), from('a', delta(-2, 2)));
  expect(page.samples()).toEqual([`${line} 3`]);
  expect(page.dropped('duplicate_delta')).toBe(1);
});

test('what is no number is left out', async () => {
  const page = await accumulatedOutput();
  page.append(from('a', level(5, 1)), from('a', level(Number.NaN, 2)));
  expect(page.samples()).toEqual([`${line} 5`]);
  expect(page.dropped('not_a_number')).toBe(1);
});
