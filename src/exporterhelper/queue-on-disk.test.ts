import { expect, test, vi } from 'vitest';
import { noClientContext } from '#component/consumer.ts';
import { parseConfig } from '#config/schema.ts';
import type { Metrics } from '#pdata/metrics.ts';
import { testSettings } from '../../test/support/component-settings.ts';
import { MemoryStorage } from '../../test/support/memory-storage.ts';
import { gauge, number, request } from '../../test/support/pdata.ts';
import { ExporterHelper } from './exporter-helper.ts';
import { retryConfig } from './retry-config.ts';
import type { Attempt } from './send.ts';
import { sendingQueueConfig } from './sending-queue-config.ts';

const nextTurn = () => new Promise((done) => setImmediate(done));

/** One process with a queue in `storage`. */
async function started(
  storage: object | undefined,
  send: (data: Metrics, attempt: Attempt) => Promise<void> | undefined,
  raw: object = {},
) {
  const queue = parseConfig(sendingQueueConfig, { storage: 'file_storage', num_consumers: 1, ...raw });
  const retry = parseConfig(retryConfig(), {});
  if (!queue.ok || !retry.ok) throw new Error('invalid');
  const settings = testSettings('otlp');
  const helper = new ExporterHelper({ signal: 'metrics', settings, queue: queue.value, retry: retry.value, send });
  await helper.start({ extension: () => storage as never, fatal: () => undefined });
  const measured = (name: string) => settings.measured(name, { exporter: 'otlp' });
  return { helper, settings, measured, consume: (data: Metrics) => helper.consume(data, noClientContext) };
}

const named = (name: string) => request({}, gauge(name, number(2n ** 63n - 1n)));
const nameOf = ({ resourceMetrics }: Metrics) => resourceMetrics[0]!.scopeMetrics[0]!.metrics[0]!.descriptor.name;
const down = () => new Promise<never>(() => undefined);

test('a request is on disk before its client gets a response, and until it is sent', async () => {
  const storage = new MemoryStorage();
  const sent: Metrics[] = [];
  let finish!: () => void;
  const { consume } = await started(storage, (data) => {
    sent.push(data);
    return new Promise((resolve) => (finish = resolve));
  });
  await consume(named('a'));
  expect(storage.rows.size).toBe(1);
  await nextTurn();
  finish();
  await nextTurn();
  await nextTurn();
  expect(storage.rows.size).toBe(0);
  expect(sent).toEqual([named('a')]);
});

test('the next process sends what was left, in order, with exact values', async () => {
  const storage = new MemoryStorage();
  const first = await started(storage, down);
  for (const name of ['a', 'b', 'c']) await first.consume(named(name));
  const sent: Metrics[] = [];
  const second = await started(storage, (data) => void sent.push(data) as undefined);
  expect(second.settings.logged).toEqual(['info Sending the requests that the previous process left {"requests":3}']);
  await second.consume(named('d'));
  await expect.poll(() => sent.length).toBe(4);
  expect(sent).toEqual(['a', 'b', 'c', 'd'].map(named));
  await expect.poll(() => storage.rows.size).toBe(0);
});

test('waiting requests are not kept in memory', async () => {
  const storage = new MemoryStorage();
  const { consume, helper } = await started(storage, down, { queue_size: 5 });
  for (let i = 0; i < 5; i++) await consume(named('m'));
  expect(helper.queueView()).toMatchObject({ size: 5 });
  await expect(consume(named('m'))).rejects.toThrow('sending queue is full');
  expect(storage.rows.size).toBe(5);
});

test('a corrupted request is counted, named, and set aside; the others are sent', async () => {
  const storage = new MemoryStorage();
  const first = await started(storage, down);
  for (const name of ['a', 'b', 'c']) await first.consume(named(name));
  const [, key] = [...storage.rows.keys()];
  storage.rows.set(key!, Buffer.from([0xff, 0xff]));
  const sent: string[] = [];
  const second = await started(storage, (data) => void sent.push(nameOf(data)) as undefined);
  await expect.poll(() => sent).toEqual(['a', 'c']);
  expect(second.measured('pitot_exporter_queue_corrupted_items_total')).toBe(1);
  expect(second.settings.logged.at(-1)).toContain(`Queued request is corrupted; dropping it {"key":"${key}"`);
});

test('refuses a request that cannot be written, retryably, and keeps its space free', async () => {
  const storage = new MemoryStorage();
  const client = storage.client();
  const full = { ...client, write: () => Promise.reject(new Error('disk is full')) };
  const { consume, helper } = await started({ ...storage, client: () => full, unavailable: undefined }, down, {
    queue_size: 1,
  });
  for (let i = 0; i < 2; i++) {
    await expect(consume(named('m'))).rejects.toMatchObject({
      name: 'RetryableError',
      message: 'sending queue cannot be written: disk is full',
    });
  }
  expect(helper.queueView()).toMatchObject({ size: 0 });
});

test('a shutdown leaves everything on disk, and says nothing about dropped data', async () => {
  const storage = new MemoryStorage();
  const send = (_data: Metrics, { signal }: Attempt) =>
    new Promise<void>((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('canceled'))));
  const { consume, helper, settings } = await started(storage, send);
  for (let i = 0; i < 3; i++) await consume(named('m'));
  await nextTurn();
  await helper.shutdown(AbortSignal.timeout(1));
  expect(storage.rows.size).toBe(3);
  expect(settings.logged).toEqual([]);
});

test('refuses to start without the extension, and stays in memory if the extension stores nothing', async () => {
  await expect(started(undefined, down)).rejects.toThrow('no storage client extension found');
  await expect(started({}, down)).rejects.toThrow('requested extension is not a storage extension');
  const { settings } = await started({ client: () => undefined, unavailable: 'no directory' }, down);
  expect(settings.logged).toEqual([
    'warn Storage unavailable; the sending queue is kept in memory {"storage":"file_storage","reason":"no directory"}',
  ]);
});

test('a request that could not be deleted is deleted when the disk can be written again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const storage = new MemoryStorage();
    let isFull = false;
    const client = storage.client();
    const write: typeof client.write = (changes) =>
      isFull ? Promise.reject(new Error('disk is full')) : client.write(changes);
    const full = { ...storage, client: () => ({ ...client, write }) };
    const { helper, consume } = await started(full, async () => {
      isFull = true;
    });
    await consume(named('a'));
    await expect.poll(() => helper.queueView()!.size).toBe(0);
    await expect(consume(named('b'))).rejects.toThrow('sending queue cannot be written: disk is full');
    expect(storage.rows.size).toBe(1);
    isFull = false;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(storage.rows.size).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});
