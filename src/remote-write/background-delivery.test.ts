import { expect, it, vi } from 'vitest';
import { PermanentError, RetryableError } from '#component/errors.ts';
import type { EncodedRequest } from '#prometheus/remote-write/encode-requests.ts';
import { ManualClock } from '../../test/support/component-settings.ts';
import { BackgroundDelivery, type BackgroundDeliveryOptions } from './background-delivery.ts';
import { MemoryRequests } from './memory-requests.ts';
import { ContentRejectedError } from './remote-write-sender.ts';
import type { RequestStore } from './request-store.ts';

const never = new AbortController().signal;
const retry = {
  enabled: false,
  initialInterval: 0,
  randomizationFactor: 0,
  multiplier: 1,
  maxInterval: 0,
  maxElapsedTime: 1,
};

function request(name: string): EncodedRequest {
  return {
    version: '1.0',
    body: Buffer.from(name),
    counts: { series: 1, samples: 1, histograms: 0, exemplars: 0 },
  };
}

function deliveryOf(send: (name: string) => void, parts: Partial<BackgroundDeliveryOptions> = {}) {
  const sent: string[] = [];
  const discarded: string[] = [];
  const rejected: string[] = [];
  const store = new MemoryRequests({ maxBytes: 3, onDiscarded: ({ body }) => discarded.push(body.toString()) });
  const waiting: { count: number; resolve: () => void }[] = [];
  const done = () => {
    for (const { count, resolve } of waiting) if (sent.length + rejected.length >= count) resolve();
  };
  const delivery = new BackgroundDelivery({
    store,
    retry,
    clock: new ManualClock(),
    random: () => 0,
    send: async ({ body }) => send(body.toString()),
    onRetry: () => {},
    onSent: ({ body }) => {
      sent.push(body.toString());
      done();
    },
    onRejected: (_, { body }) => {
      rejected.push(body.toString());
      done();
    },
    ...parts,
  });
  const finished = (count: number) => new Promise<void>((resolve) => waiting.push({ count, resolve }));
  return { delivery, store, sent, discarded, rejected, finished };
}

it('sends requests in order, and repeats one until it is sent', async () => {
  let failures = 3;
  const tried: string[] = [];
  const { delivery, sent, finished } = deliveryOf((name) => {
    tried.push(name);
    if (failures-- > 0) throw failures === 1 ? new PermanentError('401') : new RetryableError('503');
  });
  await delivery.start();
  const all = finished(2);
  await delivery.add([request('a'), request('b')]);
  await all;
  expect(sent).toEqual(['a', 'b']);
  expect(tried).toEqual(['a', 'a', 'a', 'a', 'b']);
  await delivery.shutdown(never);
});

it('drops a request whose content is rejected', async () => {
  const { delivery, sent, rejected, finished } = deliveryOf((name) => {
    if (name === 'a') throw new ContentRejectedError('400');
  });
  await delivery.start();
  const all = finished(2);
  await delivery.add([request('a'), request('b')]);
  await all;
  expect(rejected).toEqual(['a']);
  expect(sent).toEqual(['b']);
  await delivery.shutdown(never);
});

it('sends what waits at a shutdown, and keeps the rest if the receiver fails', async () => {
  let isDown = true;
  const { delivery, sent, store } = deliveryOf(() => {
    if (isDown) throw new RetryableError('down');
  });
  await delivery.start();
  await delivery.add([request('a'), request('b')]);
  await delivery.shutdown(never);
  expect(sent).toEqual([]);
  expect(store.size).toBe(2);

  isDown = false;
  const second = deliveryOf(() => {}, { store });
  await second.delivery.start();
  await second.delivery.shutdown(never);
  expect(second.sent).toEqual(['a', 'b']);
});

it('discards the oldest waiting requests above the limit, but not the one that is being sent', async () => {
  const { store, discarded } = deliveryOf(() => {});
  await store.add(['a', 'b', 'c', 'd', 'e'].map(request));
  expect(discarded).toEqual(['b', 'c']);
  expect(store.bytes).toBe(3);
  expect((await store.first())!.body.toString()).toBe('a');
});

it('continues after the store could not be read or changed', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const store = new MemoryRequests({ maxBytes: 9, onDiscarded: () => {} });
    let failures = 2;
    const failing: RequestStore = {
      open: () => store.open(),
      add: (requests) => store.add(requests),
      first: () => (failures-- > 0 ? Promise.reject(new Error('EIO')) : store.first()),
      remove: () => store.remove(),
      close: () => store.close(),
      get size() {
        return store.size;
      },
      get bytes() {
        return store.bytes;
      },
    };
    const errors: string[] = [];
    const { delivery, sent } = deliveryOf(() => {}, { store: failing, onRetry: (error) => errors.push(String(error)) });
    await delivery.start();
    await delivery.add([request('a')]);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(sent).toEqual(['a']);
    expect(errors).toEqual(['Error: EIO', 'Error: EIO']);
    await delivery.shutdown(never);
  } finally {
    vi.useRealTimers();
  }
});
