import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { noClientContext } from '#component/consumer.ts';
import { RetryableError } from '#component/errors.ts';
import { parseConfig } from '#config/schema.ts';
import type { NumberDataPoint } from '#pdata/metrics.ts';
import { ManualClock, testSettings } from '../../test/support/component-settings.ts';
import { MemoryStorage } from '../../test/support/memory-storage.ts';
import { gauge, number, request } from '../../test/support/pdata.ts';
import { ExporterHelper } from './exporter-helper.ts';
import { retryConfig } from './retry-config.ts';
import { sendingQueueConfig } from './sending-queue-config.ts';

/* A receiver that is down for ten minutes. Time is simulated. */

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Sends one point each second to a receiver that is down from the beginning until `downMs`. */
async function outage(downMs: number, raw: { retry?: object; queue?: object } = {}, error = 'HTTP Status Code 503') {
  const queue = parseConfig(sendingQueueConfig, raw.queue ?? {});
  const retry = parseConfig(retryConfig(), raw.retry ?? {});
  if (!queue.ok || !retry.ok) throw new Error('invalid');
  const clock = new ManualClock();
  const settings = testSettings('otlp', clock);
  const sent: number[] = [];
  let attempts = 0;
  const helper = new ExporterHelper({
    signal: 'metrics',
    settings,
    queue: queue.value,
    retry: retry.value,
    send: async (data) => {
      attempts += 1;
      if (clock.monotonic() < downMs) throw new RetryableError(error);
      const [point] = data.resourceMetrics[0]!.scopeMetrics[0]!.metrics[0]!.dataPoints as readonly NumberDataPoint[];
      sent.push(Number(point!.value));
    },
  });
  const storage = new MemoryStorage();
  await helper.start({ extension: () => storage as never, fatal: () => undefined });
  const acknowledged: number[] = [];
  const seconds = downMs / 1000 + 60;
  let largest = 0;
  for (let second = 0; second < seconds; second++) {
    await helper.consume(request({}, gauge('m', number(second))), noClientContext)?.then(
      () => acknowledged.push(second),
      () => undefined,
    );
    largest = Math.max(largest, helper.queueView()!.size);
    clock.advance(1_000);
    await vi.advanceTimersByTimeAsync(1_000);
  }
  // The longest delay of a retry.
  clock.advance(60_000);
  await vi.advanceTimersByTimeAsync(60_000);
  const measured = (name: string) =>
    settings.measured(`otelcol_exporter_${name}_metric_points`, { exporter: 'otlp' }) ?? 0;
  return { acknowledged, sent, measured, attempts: () => attempts, largest, logged: settings.logged, storage };
}

const tenMinutes = 600_000;

test.each([
  ['in memory', ''],
  ['on disk', 'file_storage'],
])(
  'with max_elapsed_time 0 and a queue %s, every acknowledged point arrives once, with one entry for each change',
  async (_, storage) => {
    const found = await outage(tenMinutes, { retry: { max_elapsed_time: 0 }, queue: { storage } });
    expect(found.acknowledged).toHaveLength(660);
    expect(found.sent.toSorted((a, b) => a - b)).toEqual(found.acknowledged);
    expect(found.largest).toBeLessThanOrEqual(660);
    expect(found.logged).toHaveLength(2);
    expect(found.logged[0]).toMatch(/^info Exporting failed. Will retry the request after interval/);
    expect(found.logged[1]).toMatch(/^info Exporting works again .*"dropped_items":0/);
    expect(found.storage.rows.size).toBe(0);
    // Ten consumers, each at an interval of 15 s or more in the end.
    expect(found.attempts() - 660).toBeLessThan(10 * 60);
  },
);

test('with the default max_elapsed_time of five minutes, what is given up is counted, and the log is limited', async () => {
  const { acknowledged, sent, measured, logged } = await outage(tenMinutes);
  expect(acknowledged).toHaveLength(660);
  expect(measured('send_failed')).toBeGreaterThan(0);
  expect(sent.length + measured('send_failed')).toBe(660);
  expect(new Set(sent).size).toBe(sent.length);
  const dropped = logged.filter((entry) => entry.includes('Dropping data'));
  expect(dropped.length).toBeLessThanOrEqual(1 + (tenMinutes - 270_000) / 10_000);
  const named = dropped.reduce((sum, entry) => sum + Number(/"dropped_items":(\d+)/.exec(entry)![1]), 0);
  expect(named).toBeLessThanOrEqual(measured('send_failed'));
  expect(logged.at(-1)).toContain(`"dropped_items":${measured('send_failed')}`);
});

test('a queue that is full refuses requests, which are counted, and keeps its size', async () => {
  const limits = { retry: { max_elapsed_time: 0 }, queue: { queue_size: 100 } };
  const { acknowledged, sent, measured, largest } = await outage(tenMinutes, limits);
  expect(largest).toBe(100);
  expect(measured('enqueue_failed')).toBe(660 - acknowledged.length);
  expect(acknowledged.length).toBeLessThan(200);
  expect(sent.toSorted((a, b) => a - b)).toEqual(acknowledged);
});
