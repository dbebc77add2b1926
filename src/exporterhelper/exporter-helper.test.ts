import { expect, test } from 'vitest';
import { noClientContext } from '#component/consumer.ts';
import { parseConfig } from '#config/schema.ts';
import { testSettings } from '../../test/support/component-settings.ts';
import { gauge, number, request } from '../../test/support/pdata.ts';
import { ExporterHelper } from './exporter-helper.ts';
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
  await made.drain();
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
