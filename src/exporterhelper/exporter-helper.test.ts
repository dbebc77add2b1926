import { expect, test } from 'vitest';
import { noClientContext } from '#component/consumer.ts';
import { PermanentError } from '#component/errors.ts';
import { parseConfig } from '#config/schema.ts';
import { testSettings } from '../../test/support/component-settings.ts';
import { gauge, number, request } from '../../test/support/pdata.ts';
import { ExporterHelper } from './exporter-helper.ts';
import { retryConfig } from './retry-config.ts';
import { sendingQueueConfig } from './sending-queue-config.ts';

function helper(queue?: object) {
  const parsed = queue && parseConfig(sendingQueueConfig, queue);
  if (parsed && !parsed.ok) throw new Error(parsed.failure.message);
  const settings = testSettings('debug');
  const sent: unknown[] = [];
  const made = new ExporterHelper({
    signal: 'metrics',
    settings,
    queue: parsed?.value,
    send: (data) => void sent.push(data) as undefined,
  });
  const measured = (name: string) => settings.measured(`otelcol_exporter_${name}_metric_points`, { exporter: 'debug' });
  return { made, sent, measured };
}

const data = request({}, gauge('m', number(1n)));

test('counts a request as sent immediately if there is no queue', () => {
  const { made, sent, measured } = helper();
  expect(made.consume(data, noClientContext)).toBeUndefined();
  expect(sent).toEqual([data]);
  expect(measured('sent')).toBe(1);
});

test('does not count a request as sent while it waits in the queue', async () => {
  const { made, sent, measured } = helper({ queue_size: 2 });
  await made.consume(data, noClientContext);
  expect(sent).toEqual([]);
  expect(measured('sent')).toBeUndefined();
  await made.shutdown(new AbortController().signal);
  expect(sent).toEqual([data]);
  expect(measured('sent')).toBe(1);
});

test('counts a request that does not fit into the queue as not enqueued, and not as a failure to send', async () => {
  const { made, measured } = helper({ queue_size: 1 });
  await made.consume(data, noClientContext);
  await expect(made.consume(data, noClientContext)).rejects.toThrow('sending queue is full');
  expect(measured('enqueue_failed')).toBe(1);
  expect(measured('send_failed')).toBeUndefined();
});

test('offers the current queue to the console, and nothing without a queue', async () => {
  const { made } = helper({ queue_size: 2 });
  const queue = made.views().queue!;
  expect(queue()).toMatchObject({ size: 0, capacity: 2 });
  await made.consume(data, noClientContext);
  expect(queue()).toMatchObject({ size: 1, capacity: 2 });
  expect(helper().made.views()).toEqual({});
});

test('without a queue, the client learns of a failure, and the log has the advice of the Collector', async () => {
  const settings = testSettings('otlp');
  const send = () => Promise.reject(new PermanentError('Permanent error: no', { code: 3 }));
  const made = new ExporterHelper({ signal: 'metrics', settings, retry: retry({ enabled: false }), send });
  await expect(made.consume(data, noClientContext)).rejects.toThrow('Permanent error: no');
  expect(settings.logged).toEqual([
    'error Exporting failed. Rejecting data. Try enabling retry_on_failure config option to retry on retryable errors. Try enabling sending_queue to survive temporary failures. {"error":"Permanent error: no","rejected_items":1,"example":"m"}',
  ]);
});

test('gives up, counts, and names what the deadline of a shutdown does not leave time for', async () => {
  const parsed = parseConfig(sendingQueueConfig, { num_consumers: 1 });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const settings = testSettings('otlp');
  const made = new ExporterHelper({
    signal: 'metrics',
    settings,
    queue: parsed.value,
    retry: retry({}),
    send: (_data, { signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('canceled')))),
  });
  for (let i = 0; i < 3; i++) await made.consume(data, noClientContext);
  await new Promise((resolve) => setImmediate(resolve));
  await made.shutdown(AbortSignal.timeout(1));
  expect(settings.measured('otelcol_exporter_send_failed_metric_points', { exporter: 'otlp' })).toBe(3);
  expect(made.queueView()).toMatchObject({ size: 0 });
  expect(settings.logged.join('\n')).toContain('"dropped_items":');
});

function retry(raw: object) {
  const parsed = parseConfig(retryConfig(), raw);
  if (!parsed.ok) throw new Error(parsed.failure.message);
  return parsed.value;
}
