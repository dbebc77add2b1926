import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import { type Metrics, temporality } from '#pdata/metrics.ts';
import {
  type AccumulatedOptions,
  type AccumulatedOutput,
  accumulatedOutput,
  epoch,
  from,
  secondsIn,
  started,
} from '../../../../test/support/accumulated-output.ts';
import {
  counter,
  exponential,
  exponentialPoint,
  histogram,
  histogramPoint,
  number,
  request,
  resource,
  sum,
} from '../../../../test/support/pdata.ts';

const running: AccumulatedOutput[] = [];
afterEach(async () => {
  for (const page of running.splice(0)) await page.stop();
});

const newDirectory = () => mkdtempSync(join(tmpdir(), 'pitot-state-'));

async function start(directory: string, options: AccumulatedOptions = {}): Promise<AccumulatedOutput> {
  const page = await accumulatedOutput({ directory, ...options });
  running.push(page);
  return page;
}

/** Applies requests one after the other, each until it is on disk. */
async function send(page: AccumulatedOutput, ...requests: Metrics[]): Promise<void> {
  for (const each of requests) await page.store.append(each);
}

/** Another process on the same file, `ms` later; the wall clock goes on, the monotonic one begins anew. */
async function restart(page: AccumulatedOutput, directory: string, options: AccumulatedOptions = {}, ms = 1_000) {
  await page.stop();
  const next = await start(directory, options);
  next.settings.clock.unixMs = page.settings.clock.unixMs + ms;
  return next;
}

const times = (seconds: number, start = started) => ({ startTimeUnixNano: start, timeUnixNano: secondsIn(seconds) });
const point = (value: number, seconds = 1, start = started) => counter('c', number(value, times(seconds, start)));
const total = (value: number) => [`c_total{job="airflow"} ${value}`];

describe('after a restart', () => {
  test('everything is shown as it was, and goes on', async () => {
    const directory = newDirectory();
    const deltas = counter(
      { name: 'd', aggregationTemporality: temporality.delta },
      number(2, { ...times(2), startTimeUnixNano: secondsIn(1) }),
    );
    const all = (value: number, seconds: number) => [
      counter('c', number(value + 0.1, times(seconds))),
      deltas,
      sum('l', { isMonotonic: false }, number(-value, times(seconds))),
      histogram('h', histogramPoint({ ...times(seconds), count: value, bucketCounts: [value, 0, 0] })),
      exponential(
        'e',
        exponentialPoint({
          ...times(seconds),
          count: value,
          positive: { offset: 3, bucketCounts: [value] },
          negative: { offset: 0, bucketCounts: [] },
          zeroCount: 0,
        }),
      ),
    ];
    const options = { classicBounds: [1, 1000] };
    const first = await start(directory, options);
    await send(first, from('a', ...all(3, 1)), from('b', counter('c', number(1e16, times(1, started + 1n)))));
    const before = first.samples();
    const second = await restart(first, directory, options);
    expect(second.samples()).toEqual(before);
    // The same again counts nothing; growth counts.
    await send(second, from('a', ...all(3, 1)));
    expect(second.samples()).toEqual(before);
    await send(second, from('a', ...all(5, 3)));
    const withoutRestart = await accumulatedOutput(options);
    withoutRestart.append(
      from('a', ...all(3, 1)),
      from('b', counter('c', number(1e16, times(1, started + 1n)))),
      from('a', ...all(5, 3)),
    );
    expect(second.samples()).toEqual(withoutRestart.samples());
  });

  test('twins, baselines and the epoch are still known', async () => {
    const directory = newDirectory();
    const first = await start(directory);
    await send(first, from('parent', point(4)), from('old', point(100, 1, epoch - 7n)));
    const second = await restart(first, directory);
    await send(
      second,
      from('child', point(4, 2)),
      from('old', point(101, 2, epoch - 7n)),
      from('new', point(1, 2, started + 9n)),
    );
    expect(second.samples()).toEqual(total(6));
  });

  test('created timestamps and the time of the latest point are as before', async () => {
    const directory = newDirectory();
    const series = (page: AccumulatedOutput) => [...page.store.collect(0)].flatMap((family) => family.series);
    const first = await start(directory, { sendsTimestamps: true });
    await send(first, from('a', point(4)));
    const asSent = [{ createdUnixNano: started, timestampMs: 1_700_000_002_000 }];
    expect(series(first)).toMatchObject(asSent);
    expect(series(await restart(first, directory, { sendsTimestamps: true }))).toMatchObject(asSent);
  });

  test('idle times go on; the time in between does not count', async () => {
    const directory = newDirectory();
    const options = { streamExpirationMs: 10_000, seriesExpirationMs: 60_000 };
    const live = (page: AccumulatedOutput) =>
      page.settings.measured('pitot_accumulation_active_streams', { exporter: 'prometheus' });
    const first = await start(directory, options);
    await send(first, from('a', point(4)));
    first.settings.clock.advance(6_000);
    await send(first, from('b', point(1, 7, started + 1n)));
    const second = await restart(first, directory, options, 3_600_000);
    expect([second.samples(), live(second)]).toEqual([total(5), 2]);
    second.settings.clock.advance(5_000);
    expect([second.samples(), live(second)]).toEqual([total(5), 1]);
    // The series was updated last by `b`.
    second.settings.clock.advance(56_000);
    expect(second.samples()).toEqual([]);
    const third = await restart(second, directory, options);
    expect(third.store.seriesCount).toBe(0);
  });

  test('a series that is still 0 goes on being held, one that was shown is never 0 again', async () => {
    const directory = newDirectory();
    const first = await start(directory, { isZeroFirst: true });
    await send(first, from('a', point(4)));
    first.scrape();
    await first.store.append(from('a', counter('late', number(1, times(1)))));
    expect(first.scrape()).toEqual(['c_total{job="airflow"} 4', 'late_total{job="airflow"} 0']);
    await first.policy.settled();
    const second = await restart(first, directory, { isZeroFirst: true });
    expect(second.scrape()).toEqual(['c_total{job="airflow"} 4', 'late_total{job="airflow"} 1']);
  });

  test('a held series that was never carried is 0 in the first scrape', async () => {
    const directory = newDirectory();
    const first = await start(directory, { isZeroFirst: true });
    await send(first, from('a', point(4)));
    const second = await restart(first, directory, { isZeroFirst: true });
    expect(second.scrape()).toEqual(total(0));
    expect(second.scrape()).toEqual(total(4));
  });

  test('a stream that went on without change is known to have lived, and its series with it', async () => {
    const directory = newDirectory();
    const options = { streamExpirationMs: 10_000, seriesExpirationMs: 15_000 };
    const first = await start(directory, options);
    for (let i = 1; i <= 20; i++) {
      const busy = counter('busy', number(i, times(i)));
      await send(first, from('a', point(4, i)), from('b', busy));
      first.settings.clock.advance(1_000);
    }
    const second = await restart(first, directory, options);
    expect(second.samples()).toEqual(['busy_total{job="airflow"} 20', ...total(4)]);
    expect(second.settings.measured('pitot_accumulation_active_streams', { exporter: 'prometheus' })).toBe(2);
  });

  test('other classic_buckets are made from what the total knows', async () => {
    const directory = newDirectory();
    const first = await start(directory, { classicBounds: [1] });
    // (1, 2] once, (4, 8] twice.
    await send(
      first,
      from('a', exponential('e', exponentialPoint({ ...times(1), positive: { offset: 0, bucketCounts: [1, 0, 2] } }))),
    );
    const second = await restart(first, directory, { classicBounds: [2, 8] });
    expect(second.samples().slice(0, 3)).toEqual([
      'e_bucket{job="airflow",le="2"} 1',
      'e_bucket{job="airflow",le="8"} 3',
      'e_bucket{job="airflow",le="+Inf"} 3',
    ]);
  });

  test('a start time of all ones is no delta', async () => {
    const directory = newDirectory();
    const first = await start(directory);
    await send(first, from('a', point(4, 1, 2n ** 64n - 1n)));
    const second = await restart(first, directory);
    await send(second, from('a', point(5, 2, 2n ** 64n - 1n)));
    expect(second.samples()).toEqual(total(5));
  });
});

describe('when process_attributes grow', () => {
  const of = (host: string, value: number, nth: bigint) =>
    request(
      { resource: resource({ 'service.name': 'airflow', 'service.instance.id': host }) },
      counter('c', number(value, times(1, started + nth))),
    );

  test('series that are now one are added up, once and for all', async () => {
    const directory = newDirectory();
    const first = await start(directory, { processAttributes: [] });
    await send(first, of('x', 3, 0n), of('y', 4, 1n));
    expect(first.samples().filter((line) => line.startsWith('c_total'))).toHaveLength(2);
    const second = await restart(first, directory);
    expect(second.samples()).toEqual(total(7));
    const third = await restart(second, directory);
    expect(third.samples()).toEqual(total(7));
    expect(third.store.seriesCount).toBe(1);
    // Their streams are under other process attributes now: twins.
    await send(third, of('x', 3, 0n), of('y', 5, 1n));
    expect(third.samples()).toEqual(total(7));
  });
});

describe('what can not be read', () => {
  const rows = (directory: string, change: (database: DatabaseSync) => void) => {
    const database = new DatabaseSync(join(directory, 'file_storage.db'));
    change(database);
    database.close();
  };

  async function stored(): Promise<string> {
    const directory = newDirectory();
    const page = await start(directory);
    await send(page, from('a', point(4)));
    await page.stop();
    return directory;
  }

  test.each([
    ['t/00000000001', 'a total'],
    ['s/00000000001', 'an identity'],
    ['p/00000000001', 'a page of streams'],
    ['meta', 'the first row'],
  ])('%s cut short is named', async (key) => {
    const directory = await stored();
    rows(directory, (database) =>
      database.exec(`UPDATE entries SET value = substr(value, 1, length(value) - 1) WHERE key = '${key}'`),
    );
    await expect(start(directory)).rejects.toThrow(`row ${key} of the stored totals cannot be read`);
  });

  test('a total that is gone is named', async () => {
    const directory = await stored();
    rows(directory, (database) => database.exec("DELETE FROM entries WHERE key LIKE 't/%'"));
    await expect(start(directory)).rejects.toThrow('row t/00000000001 is missing');
  });

  test('a page of a series that is gone is named', async () => {
    const directory = await stored();
    rows(directory, (database) => database.exec("DELETE FROM entries WHERE key LIKE 't/%' OR key LIKE 's/%'"));
    await expect(start(directory)).rejects.toThrow(
      'row p/00000000001 of the stored totals cannot be read: there is no series 1',
    );
  });

  test('more series than there is room for', async () => {
    await expect(start(await stored(), { maxSeries: 0 })).rejects.toThrow('max_series');
  });
});
