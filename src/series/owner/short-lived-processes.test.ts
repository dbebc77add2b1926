import { describe, expect, test } from 'vitest';
import type { Metric } from '#pdata/metrics.ts';
import { MetricsDecoder } from '#pdata/protobuf/decode-metrics.ts';
import { testSettings } from '../../../test/support/component-settings.ts';
import { attributes, counter, gauge, number, request, resource } from '../../../test/support/pdata.ts';
import { readRecording, recordingNames } from '../../../test/support/recording.ts';
import { StoreOutput } from '../../../test/support/store-output.ts';
import { LastValuePolicy } from '../last-value/last-value-policy.ts';
import { ShortLivedProcesses } from './short-lived-processes.ts';

const second = 1_000_000_000n;
const noon = 1_700_000_000n * second;

/** Returns a store in last-value mode, observed in the same way as by the exporter. */
function watchedPage() {
  const settings = testSettings('prometheus');
  const senders = new ShortLivedProcesses(settings);
  const policy = new LastValuePolicy({
    logger: settings.logger,
    expirationMs: 300_000,
    onRestart: (series) => senders.restarted(series),
  });
  const page = new StoreOutput({ settings, policy, onNewCounter: (series) => senders.appeared(series) });
  return { page, senders, settings };
}

const warnings = (settings: { logged: string[] }) =>
  settings.logged.filter((line) => line.startsWith('warn Many short-lived'));

/** The nth process, which started `nth` seconds after noon and counts `value`, `age` seconds after its start. */
function points(nth: number, { age = 2, value = 1 } = {}) {
  const start = noon + BigInt(nth) * second + 1n;
  return number(value, {
    startTimeUnixNano: start,
    timeUnixNano: start + BigInt(age) * second,
    attributes: attributes({ task: 'x' }),
  });
}

/** A metric of a process with an ID, as newer SDKs send it. */
const withId = (nth: number, metric: Metric) =>
  request({ resource: resource({ 'service.instance.id': `p${nth}` }) }, metric);

describe('processes that each have a series of their own', () => {
  test('logs them once, with the metrics and the setting, when enough of them have ended', () => {
    const { page, senders, settings } = watchedPage();
    for (let i = 0; i < 10; i++) page.append(withId(i, counter('tasks', points(i))));
    senders.evaluate();
    expect(warnings(settings)).toEqual([]);
    page.append(withId(100, counter('tasks', points(100))));
    senders.evaluate();
    senders.evaluate();
    expect(warnings(settings)).toEqual([expect.stringMatching(/accumulation::enabled: true.*"metrics":\["tasks"\]/)]);
    expect(senders.affected).toEqual(['tasks']);
    expect(settings.measured('pitot_prometheus_short_lived_counters', { metric: 'tasks' })).toBe(1);
  });

  test.each([
    ['that live on', 15],
    ['that live long', 700],
  ])('%s are all right', (_, age) => {
    const { page, senders } = watchedPage();
    for (let i = 0; i < 12; i++) page.append(withId(i, counter('c', points(i, { age }))));
    if (age === 15)
      for (let i = 0; i < 12; i++) page.append(withId(i, counter('c', points(i, { age: 100 - i, value: 2 }))));
    senders.evaluate();
    expect(senders.affected).toEqual([]);
  });

  test('gauges are no counters', () => {
    const { page, senders } = watchedPage();
    for (let i = 0; i < 12; i++) page.append(withId(i, gauge('g', points(20 * i))));
    senders.evaluate();
    expect(senders.affected).toEqual([]);
  });

  test('series with other attributes are others', () => {
    const { page, senders } = watchedPage();
    for (let i = 0; i < 40; i++) {
      const start = noon + BigInt(10 * i) * second;
      const point = number(1, {
        startTimeUnixNano: start,
        timeUnixNano: start + second,
        attributes: attributes({ task: `${i % 20}` }),
      });
      page.append(withId(i, counter('c', point)));
    }
    senders.evaluate();
    expect(senders.affected).toEqual([]);
  });
});

describe('processes that share one series', () => {
  test('logs them when ten other processes have continued the counter', () => {
    const { page, senders } = watchedPage();
    for (let i = 0; i < 10; i++) page.append(request({}, counter('tasks', points(10 * i))));
    expect(senders.affected).toEqual([]);
    page.append(request({}, counter('tasks', points(100))));
    expect(senders.affected).toEqual(['tasks']);
  });

  test('two processes that alternate are not many', () => {
    const { page, senders } = watchedPage();
    for (let age = 1; age < 40; age++) {
      for (const nth of [0, 1]) page.append(request({}, counter('c', points(nth, { age }))));
    }
    expect(senders.affected).toEqual([]);
  });
});

test('what is watched is bounded', () => {
  const { page, senders } = watchedPage();
  for (let metric = 0; metric < 300; metric++) {
    for (let i = 0; i < 12; i++) page.append(withId(i, counter(`c${metric}`, points(20 * i))));
  }
  senders.evaluate();
  expect(senders.affected).toHaveLength(50);
});

test.each(recordingNames)('Airflow’s tasks are noticed: %s', (name) => {
  const { page, senders, settings } = watchedPage();
  const decoder = new MetricsDecoder();
  for (const { body } of readRecording(name).requests) page.append(decoder.decode(body));
  senders.evaluate();
  expect(senders.affected).toContain('airflow.ti.finish');
  expect(warnings(settings)).toEqual([expect.stringContaining('"airflow.ti.finish"')]);
});
