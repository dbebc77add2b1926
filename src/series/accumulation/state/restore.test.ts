import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import { checksumOf } from '#extensions/file-storage/layout.ts';
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
import { ManualClock, testSettings } from '../../../../test/support/component-settings.ts';
import { MemoryStorage } from '../../../../test/support/memory-storage.ts';
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
  sum,
} from '../../../../test/support/pdata.ts';

const running: AccumulatedOutput[] = [];
afterEach(async () => {
  for (const output of running.splice(0)) await output.stop();
});

const newDirectory = () => mkdtempSync(join(tmpdir(), 'pitot-state-'));

async function start(directory: string, options: AccumulatedOptions = {}): Promise<AccumulatedOutput> {
  const output = await accumulatedOutput({ directory, ...options });
  running.push(output);
  return output;
}

/** Sends requests one after the other, each until it is on disk. */
async function send(output: AccumulatedOutput, ...requests: Metrics[]): Promise<void> {
  for (const each of requests) await output.store.append(each);
}

/** Another process on the same file, `ms` later; the monotonic clock starts again. */
async function restart(
  output: AccumulatedOutput,
  directory: string,
  options: AccumulatedOptions = {},
  ms = 1_000,
): Promise<AccumulatedOutput> {
  await output.stop();
  const clock = new ManualClock(output.settings.clock.unixMs + ms);
  return start(directory, { ...options, settings: testSettings('prometheus', clock) });
}

const times = (seconds: number, start = started) => ({ startTimeUnixNano: start, timeUnixNano: secondsIn(seconds) });
const point = (value: number, seconds = 1, start = started) => counter('c', number(value, times(seconds, start)));
const total = (value: number) => [`c_total{job="airflow"} ${value}`];

describe('after a restart', () => {
  test('everything is shown as before and continues', async () => {
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

  test('forks, baselines, and the state start are still known', async () => {
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

  test('created timestamps and sample timestamps are as before', async () => {
    const directory = newDirectory();
    const series = (output: AccumulatedOutput) => [...output.store.collect(0)].flatMap((family) => family.series);
    const first = await start(directory, { sendsTimestamps: true });
    await send(first, from('a', point(4)));
    const asShown = [{ createdUnixNano: started, timestampMs: 1_700_000_000_000 }];
    expect(series(first)).toMatchObject(asShown);
    expect(series(await restart(first, directory, { sendsTimestamps: true }))).toMatchObject(asShown);
  });

  test('idle times continue; the time in between does not count', async () => {
    const directory = newDirectory();
    const options = { streamExpirationMs: 10_000, seriesExpirationMs: 60_000 };
    const live = (output: AccumulatedOutput) =>
      output.settings.measured('pitot_accumulation_active_streams', { exporter: 'prometheus' });
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

  test('a series with an initial zero keeps it, one that was shown with its value does not get it again', async () => {
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

  test('a series that was never scraped is 0 in the first scrape', async () => {
    const directory = newDirectory();
    const first = await start(directory, { isZeroFirst: true });
    await send(first, from('a', point(4)));
    const second = await restart(first, directory, { isZeroFirst: true });
    expect(second.scrape()).toEqual(total(0));
    expect(second.scrape()).toEqual(total(4));
  });

  test('a stream without changes stays active, and its series remains', async () => {
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

  test('other classic_buckets are computed from the buckets of the total', async () => {
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

  test('the latest start time is not mistaken for a delta', async () => {
    const directory = newDirectory();
    const first = await start(directory);
    await send(first, from('a', point(4, 1, 2n ** 64n - 1n)));
    const second = await restart(first, directory);
    await send(second, from('a', point(5, 2, 2n ** 64n - 1n)));
    expect(second.samples()).toEqual(total(5));
  });
});

describe('after settings that shape series have changed', () => {
  const of = (host: string, value: number, nth: bigint) =>
    request(
      { resource: resource({ 'service.name': 'airflow', 'service.instance.id': host }) },
      counter('c', number(value, times(1, started + nth))),
    );

  test('series that are now one are added up, once and for all', async () => {
    const directory = newDirectory();
    const first = await start(directory, { processAttributes: [], fingerprint: 'a' });
    await send(first, of('x', 3, 0n), of('y', 4, 1n));
    expect(first.samples().filter((line) => line.startsWith('c_total'))).toHaveLength(2);
    const second = await restart(first, directory, { fingerprint: 'b' }, 60_000);
    expect(second.samples()).toEqual(total(7));
    const third = await restart(second, directory, { fingerprint: 'b' });
    expect(third.samples()).toEqual(total(7));
    expect(third.store.seriesCount).toBe(1);
    // Their streams have other process attributes now and started before this change.
    await send(third, of('x', 3, 0n), of('y', 5, 1n));
    expect(third.samples()).toEqual(total(7));
    await send(third, from('y', point(6, 2_000, started + 1n)), from('y', point(7, 2_001, started + 1n)));
    expect(third.samples()).toEqual(total(8));
  });

  test('a process counts only its growth in the series that it has now', async () => {
    const directory = newDirectory();
    const labelled = (value: number, seconds: number, host: object) =>
      request(
        { resource: resource({ 'service.name': 'airflow', 'service.instance.id': 'a' }) },
        counter('c', number(value, { ...times(seconds), attributes: attributes({ ...host }) })),
      );
    const first = await start(directory, { fingerprint: 'a' });
    await send(first, labelled(100, 1, {}));
    const second = await restart(first, directory, { fingerprint: 'b' }, 60_000);
    expect(second.samples()).toEqual(total(100));
    // With resource attributes as labels it is another series.
    await send(second, labelled(101, 70, { host: 'x' }), labelled(103, 80, { host: 'x' }));
    expect(second.samples()).toEqual(['c_total{job="airflow"} 100', 'c_total{host="x",job="airflow"} 2']);
    // A process that starts later counts in full.
    await send(second, from('new', point(5, 90, secondsIn(80))));
    expect(second.samples()[0]).toBe('c_total{job="airflow"} 105');
  });
});

describe('after settings that shape series have changed, and back', () => {
  const sent = (value: number, seconds: number) =>
    request(
      { resource: resource({ 'service.name': 'airflow', 'service.instance.id': 'a', host: 'h' }) },
      counter('c', number(value, times(seconds, started))),
    );
  const shown = (output: AccumulatedOutput) =>
    output.samples().reduce((sum, line) => sum + Number(line.split(' ')[1]), 0);

  test('a process that has another identity in between counts only once', async () => {
    const directory = newDirectory();
    const one = { fingerprint: '{"processAttributes":["service.instance.id"]}' };
    const processAttributes = ['host', 'service.instance.id'];
    const two = { fingerprint: JSON.stringify({ processAttributes }), processAttributes };
    const first = await start(directory, one);
    await send(first, sent(100, 1));
    const second = await restart(first, directory, two, 60_000);
    await send(second, sent(101, 70), sent(104, 80));
    expect(shown(second)).toBe(103);
    const third = await restart(second, directory, one, 60_000);
    await send(third, sent(105, 140), sent(107, 150));
    expect(shown(third)).toBe(105);
  });
});

describe('rows that cannot be read', () => {
  /** Changes the values of rows whose checksums are right afterwards. */
  const rows = (directory: string, { key, value }: { key: string; value: string }) => {
    const database = new DatabaseSync(join(directory, 'file_storage.db'));
    database.function('checksum_of', (owner, row, bytes) =>
      checksumOf(String(owner), String(row), bytes as Uint8Array),
    );
    database.exec(`
      UPDATE entries SET value = ${value} WHERE key LIKE '${key}';
      UPDATE entries SET checksum = checksum_of((SELECT name FROM owners WHERE id = owner), key, value)`);
    database.close();
  };

  async function stored(): Promise<string> {
    const directory = newDirectory();
    const output = await start(directory);
    await send(output, from('a', point(4)));
    await output.stop();
    return directory;
  }

  test.each([
    ['t/00000000001', 'a total'],
    ['s/00000000001', 'an identity'],
    ['p/00000000001', 'a block of streams'],
    ['meta', 'the first row'],
  ])('%s cut short is named', async (key) => {
    const directory = await stored();
    rows(directory, { key: `${key}%`, value: 'substr(value, 1, length(value) - 2)' });
    await expect(start(directory)).rejects.toThrow(
      `open ${join(directory, 'file_storage.db')}: row ${key} of the stored totals cannot be read`,
    );
  });

  test('a newer format is refused, and the message names the file', async () => {
    const directory = await stored();
    rows(directory, { key: 'meta%', value: "X'04'" });
    const path = join(directory, 'file_storage.db');
    await expect(start(directory)).rejects.toThrow(
      `open ${path}: format 4 of the totals is not supported (supported: up to 3); run the version of pitot that wrote the file`,
    );
  });

  test('more series than max_series allows are refused', async () => {
    await expect(start(await stored(), { maxSeries: 0 })).rejects.toThrow('max_series');
  });
});

test('series of a version without limits that exceed them are dropped, once and for all, with a log line', async () => {
  const storage = new MemoryStorage();
  const first = await accumulatedOutput({ storage });
  const labelled = (text: string) => number(1, { ...times(1), attributes: attributes({ k: text }) });
  await first.store.append(from('a', counter('c', labelled('short'), labelled('x'.repeat(70_000)))));
  await first.stop();
  const again = await accumulatedOutput({ storage });
  expect(again.store.seriesCount).toBe(2);
  await again.stop();
  for (const key of ['meta', 'meta/copy']) {
    const row = storage.rows.get(key);
    // In the form of an earlier version.
    if (row) storage.rows.set(key, row.subarray(0, -1));
  }
  const upgraded = await accumulatedOutput({ storage });
  expect(upgraded.samples()).toEqual(['c_total{job="airflow",k="short"} 1']);
  expect(upgraded.settings.logged.filter((line) => /exceed the limits/.test(line))).toEqual([
    expect.stringContaining('"series":1'),
  ]);
  await upgraded.stop();
  const last = await accumulatedOutput({ storage });
  expect([last.store.seriesCount, last.settings.logged.some((line) => /exceed the limits/.test(line))]).toEqual([
    1,
    false,
  ]);
});
