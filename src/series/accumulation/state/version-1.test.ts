import { cpSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporality } from '#pdata/metrics.ts';
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
} from '../../../../test/support/pdata.ts';

/* State as version 1 wrote it; see test/fixtures/state/README.md. Its processes started 3,590 s after the state, and most sent two points. */

const fixture = join(import.meta.dirname, '../../../../test/fixtures/state/version-1');
const late = secondsIn(3_590);

async function migrated(options: AccumulatedOptions = {}): Promise<AccumulatedOutput & { directory: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'pitot-version-1-'));
  cpSync(join(fixture, 'file_storage.db'), join(directory, 'file_storage.db'));
  return started1(directory, options);
}

async function started1(directory: string, options: AccumulatedOptions = {}) {
  const settings = testSettings('prometheus', new ManualClock(Number(epoch / 1_000_000n) + 3_700_000));
  const output = await accumulatedOutput({
    directory,
    settings,
    isZeroFirst: true,
    classicBounds: [1, 1_000],
    ...options,
  });
  return Object.assign(output, { directory });
}

const times = (seconds: number, start = late) => ({ startTimeUnixNano: start, timeUnixNano: secondsIn(seconds) });
const c = (value: number, seconds: number, start = late) => counter('c', number(value, times(seconds, start)));
const h = (n: number, seconds: number) =>
  histogram(
    'h',
    histogramPoint({ ...times(seconds), count: n + 1, sum: n, explicitBounds: [1, 2], bucketCounts: [n, 1, 0] }),
  );
const e = (n: number, seconds: number) =>
  exponential(
    'e',
    exponentialPoint({
      ...times(seconds),
      scale: 3,
      count: n + 1,
      sum: 2 * n,
      zeroCount: 1,
      positive: { offset: 5, bucketCounts: [n - 1, 1] },
      negative: { offset: 0, bucketCounts: [] },
    }),
  );
const delta = (value: number, begin: number, end: number) =>
  counter(
    { name: 'd', aggregationTemporality: temporality.delta },
    number(value, { startTimeUnixNano: secondsIn(begin), timeUnixNano: secondsIn(end) }),
  );
const deltaHistogram = (begin: number, end: number, n = 2) =>
  histogram(
    { name: 'dh', aggregationTemporality: temporality.delta },
    histogramPoint({
      startTimeUnixNano: secondsIn(begin),
      timeUnixNano: secondsIn(end),
      count: n,
      sum: 5,
      bucketCounts: [0, 1, n - 1],
    }),
  );
const task = (value: number, seconds: number, name: string) =>
  counter(
    { name: 'task.count', unit: 's', description: 'Tasks' },
    number(value, { ...times(seconds, late + 77n), attributes: attributes({ 'dag.id': name, empty: '' }) }),
  );
const ofTask = (id: string, host: string, value: number, seconds: number, name: string) =>
  request(
    {
      resource: resource({ 'service.name': 'airflow', 'service.instance.id': id, 'host.name': host }),
      scope: scope('airflow', '3.1'),
    },
    task(value, seconds, name),
  );

/** The latest points of all processes. */
const repeated = [
  from(
    'a',
    delta(3, 3_601, 3_602),
    deltaHistogram(3_600, 3_601),
    sum('l', { isMonotonic: false }, number(7, times(3_601))),
    c(5.5, 3_611),
    h(4, 3_611),
    e(4, 3_611),
  ),
  from('b', c(1e16, 3_601, late + 1n)),
  from('', c(2, 3_601, late + 2n)),
  from('parent', c(7, 3_601, late + 3n)),
  from('child', c(9, 3_603, late + 3n)),
  from('old', c(103, 3_611, epoch - 7n)),
  ofTask('x', 'h1', 6, 3_601, 'one'),
  ofTask('y', 'h2', 2, 3_601, 'one'),
];

test('the totals equal those that version 1 showed', async () => {
  const output = await migrated();
  expect(output.text()).toBe(readFileSync(join(fixture, 'metrics.txt'), 'utf8'));
  await output.stop();
});

test('requests that are repeated after the upgrade add nothing', async () => {
  const output = await migrated();
  const before = output.text();
  output.append(...repeated);
  expect(output.text()).toBe(before);
  await output.stop();
});

test('the streams continue, also after another restart', async () => {
  const first = await migrated();
  await first.policy.settled();
  await first.stop();
  const second = await started1(first.directory);
  expect(second.text()).toBe(readFileSync(join(fixture, 'metrics.txt'), 'utf8'));
  second.append(...repeated);
  second.append(
    from('a', c(7.5, 3_701), h(6, 3_701), e(6, 3_701), delta(1, 3_602, 3_701), deltaHistogram(3_601, 3_701, 3)),
    from('a', sum('l', { isMonotonic: false }, number(4, times(3_701)))),
    from('child', c(10, 3_701, late + 3n)),
    from('old', c(104, 3_701, epoch - 7n)),
    from('new', c(4, 3_701, secondsIn(3_699))),
    ofTask('x', 'h1', 8, 3_701, 'one'),
  );
  expect(second.samples()).toEqual([
    'c_total{job="airflow"} 1.0000000000000032e+16',
    'd_total{job="airflow"} 6',
    'dh_bucket{job="airflow",le="1"} 0',
    'dh_bucket{job="airflow",le="2"} 2',
    'dh_bucket{job="airflow",le="+Inf"} 5',
    'dh_sum{job="airflow"} 10',
    'dh_count{job="airflow"} 5',
    'e_bucket{job="airflow",le="1"} 1',
    'e_bucket{job="airflow",le="1000"} 7',
    'e_bucket{job="airflow",le="+Inf"} 7',
    'e_sum{job="airflow"} 12',
    'e_count{job="airflow"} 7',
    'h_bucket{job="airflow",le="1"} 6',
    'h_bucket{job="airflow",le="2"} 7',
    'h_bucket{job="airflow",le="+Inf"} 7',
    'h_sum{job="airflow"} 6',
    'h_count{job="airflow"} 7',
    'l{job="airflow"} 4',
    'late_total{job="airflow"} 0',
    'task_count_seconds_total{dag_id="one",empty="",job="airflow"} 8',
    'task_count_seconds_total{dag_id="two",empty="",job="airflow"} 1',
  ]);
  await second.stop();
});

test('a process that version 1 has counted and discarded does not count again', async () => {
  const output = await migrated();
  const before = output.samples()[0];
  output.append(from('gone', c(4, 1, started + 400n)), from('gone', c(4, 3_650, started + 400n)));
  expect(output.samples()[0]).toBe(before);
  await output.stop();
});

test('an initial zero continues', async () => {
  const output = await migrated();
  expect(output.scrape()).toContain('late_total{job="airflow"} 0');
  expect(output.scrape()).toContain('late_total{job="airflow"} 4');
  await output.stop();
});
