import { expect, test } from 'vitest';
import { accumulatedOutput, from, secondsIn, started } from '../../../../test/support/accumulated-output.ts';
import { counter, number } from '../../../../test/support/pdata.ts';

const labels = { exporter: 'prometheus' };
const point = (value: number, { seconds = 1, nth = 0 } = {}) =>
  counter('c', number(value, { startTimeUnixNano: started + BigInt(nth), timeUnixNano: secondsIn(seconds) }));

test('evicts the stream that has been idle longest above max_streams; totals do not change', async () => {
  const output = await accumulatedOutput({ maxStreams: 2 });
  output.append(
    from('a', point(1, { nth: 0 })),
    from('b', point(1, { nth: 1 })),
    from('a', point(2, { seconds: 2, nth: 0 })),
  );
  output.append(from('c', point(1, { nth: 2 })));
  expect(output.samples()).toEqual(['c_total{job="airflow"} 4']);
  expect(output.settings.measured('pitot_accumulation_active_streams', labels)).toBe(2);
  expect(output.settings.measured('pitot_accumulation_evicted_streams_total', labels)).toBe(1);
  // `a` was seen later than `b` and is still active.
  output.append(from('a', point(3, { seconds: 3, nth: 0 })));
  expect(output.samples()).toEqual(['c_total{job="airflow"} 5']);
});

test('discards the streams of a series that expires', async () => {
  const output = await accumulatedOutput({ seriesExpirationMs: 1_000 });
  output.append(from('a', point(1)));
  output.settings.clock.advance(1_001);
  expect(output.samples()).toEqual([]);
  expect(output.settings.measured('pitot_accumulation_active_streams', labels)).toBe(0);
});

test('a series with very many streams expires in slices, and its streams leave tombstones', async () => {
  const output = await accumulatedOutput({ seriesExpirationMs: 1_000, streamExpirationMs: 1e9 });
  const processes = Array.from({ length: 2_000 }, (_, nth) => from(`p${nth}`, point(1, { nth })));
  output.append(...processes);
  output.settings.clock.advance(1_001);
  expect(output.samples()).toEqual([]);
  expect(output.settings.measured('pitot_accumulation_active_streams', labels)).toBe(0);
  expect(output.settings.measured('pitot_accumulation_tombstones', labels)).toBe(2_000);
  // The process continues, and counts only what it has added.
  output.append(from('p7', point(3, { seconds: 2, nth: 7 })));
  expect(output.samples()).toEqual(['c_total{job="airflow"} 2']);
});
