import { expect, test } from 'vitest';
import { accumulatedOutput, from, secondsIn, started } from '../../../../test/support/accumulated-output.ts';
import { counter, number } from '../../../../test/support/pdata.ts';

const labels = { exporter: 'prometheus' };
const point = (value: number, { seconds = 1, nth = 0 } = {}) =>
  counter('c', number(value, { startTimeUnixNano: started + BigInt(nth), timeUnixNano: secondsIn(seconds) }));

test('beyond max_streams the one that was idle longest is forgotten; totals stay', async () => {
  const page = await accumulatedOutput({ maxStreams: 2 });
  page.append(
    from('a', point(1, { nth: 0 })),
    from('b', point(1, { nth: 1 })),
    from('a', point(2, { seconds: 2, nth: 0 })),
  );
  page.append(from('c', point(1, { nth: 2 })));
  expect(page.samples()).toEqual(['c_total{job="airflow"} 4']);
  expect(page.settings.measured('pitot_accumulation_active_streams', labels)).toBe(2);
  expect(page.settings.measured('pitot_accumulation_evicted_streams_total', labels)).toBe(1);
  // `a` was heard of later than `b`, and is still known.
  page.append(from('a', point(3, { seconds: 3, nth: 0 })));
  expect(page.samples()).toEqual(['c_total{job="airflow"} 5']);
});

test('after a crowd, only streams younger than what is surely remembered count whole', async () => {
  const page = await accumulatedOutput({ maxStreams: 1, streamExpirationMs: 60_000 });
  page.append(from('a', point(1, { nth: 0 })));
  page.settings.clock.advance(5_000);
  page.append(from('b', point(1, { seconds: 6, nth: 1 })));
  // `a` was forgotten after 5 s; it comes again 10 s after its start.
  page.settings.clock.advance(5_000);
  page.append(from('a', point(3, { seconds: 10, nth: 0 })));
  expect(page.samples()).toEqual(['c_total{job="airflow"} 2']);
  expect(page.settings.measured('pitot_accumulation_returning_streams_total', labels)).toBe(1);
});

test('when the crowd is over for as long as streams are remembered, the setting holds again', async () => {
  const page = await accumulatedOutput({ maxStreams: 1, streamExpirationMs: 60_000 });
  page.append(from('a', point(1, { nth: 0 })), from('b', point(1, { nth: 1 })));
  page.settings.clock.advance(60_001);
  page.samples();
  page.append(from('c', point(1, { seconds: 30, nth: 2 })));
  expect(page.samples()).toEqual(['c_total{job="airflow"} 3']);
});

test('a series that goes takes its streams along', async () => {
  const page = await accumulatedOutput({ seriesExpirationMs: 1_000 });
  page.append(from('a', point(1)));
  page.settings.clock.advance(1_001);
  expect(page.samples()).toEqual([]);
  expect(page.settings.measured('pitot_accumulation_active_streams', labels)).toBe(0);
});
