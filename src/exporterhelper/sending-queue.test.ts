import { describe, expect, test, vi } from 'vitest';
import { noClientContext } from '#component/consumer.ts';
import { RetryableError } from '#component/errors.ts';
import type { Splitter } from '#pdata/split/splitter.ts';
import { SendingQueue, type SendingQueueOptions } from './sending-queue.ts';

/** Requests are texts, each character is one item. */
const splitter: Splitter<string, string> = {
  parts: (text) => [text],
  itemCount: ({ length }) => length,
  level: {
    count: ({ length }) => length,
    cut: (text, room) => [text.slice(0, room), text.slice(room)],
  },
  build: (parts) => parts.join(''),
};

const defaults = {
  queueSize: 2,
  sizer: 'requests',
  numConsumers: 1,
  waitForResult: false,
  blockOnOverflow: false,
} as const;

function queue(options: Partial<SendingQueueOptions>) {
  const printed: string[] = [];
  const made = new SendingQueue<string, string>({ ...defaults, ...options }, splitter, (data) => {
    printed.push(data);
    return undefined;
  });
  return { printed, queue: made };
}

const nextTurn = () => new Promise((done) => setImmediate(done));

test('accepts immediately and prints later, in order', async () => {
  const { printed, queue: made } = queue({});
  await made.offer('a', 1);
  await made.offer('b', 1);
  expect(printed).toEqual([]);
  expect(made.size).toBe(2);
  await nextTurn();
  await nextTurn();
  expect(printed).toEqual(['a', 'b']);
  expect(made.size).toBe(0);
});

test('refuses what does not fit, retryably', async () => {
  const { queue: made } = queue({});
  await made.offer('a', 1);
  await made.offer('b', 1);
  await expect(made.offer('c', 1)).rejects.toThrow(new RetryableError('sending queue is full'));
});

test('measured in items, accepts a request larger than the queue only if the queue is empty', async () => {
  const { queue: made } = queue({ sizer: 'items', queueSize: 10 });
  await made.offer('large', 100);
  await expect(made.offer('small', 1)).rejects.toThrow('sending queue is full');
});

test('with block_on_overflow, clients wait for space, in order', async () => {
  const { printed, queue: made } = queue({ blockOnOverflow: true, queueSize: 1 });
  const admitted: string[] = [];
  const offers = ['a', 'b', 'c'].map((data) => made.offer(data, 1).then(() => admitted.push(data)));
  await Promise.resolve();
  expect(admitted).toEqual(['a']);
  await Promise.all(offers);
  expect(admitted).toEqual(['a', 'b', 'c']);
  await made.drain();
  expect(printed).toEqual(['a', 'b', 'c']);
});

test('with wait_for_result, clients wait until their data is printed', async () => {
  const { printed, queue: made } = queue({ waitForResult: true });
  await made.offer('a', 1);
  expect(printed).toEqual(['a']);
});

test('draining prints everything immediately, including blocked requests', async () => {
  const { printed, queue: made } = queue({ blockOnOverflow: true, queueSize: 1 });
  for (const data of ['a', 'b', 'c']) void made.offer(data, 1);
  await made.drain();
  expect(printed).toEqual(['a', 'b', 'c']);
});

/** A queue whose requests are being sent until the test finishes them. */
function openQueue(options: Partial<SendingQueueOptions>) {
  const sending: string[] = [];
  const finish: ((error?: Error) => void)[] = [];
  const made = new SendingQueue<string, string>({ ...defaults, ...options }, splitter, (data) => {
    sending.push(data);
    return new Promise((resolve, reject) => finish.push((error) => (error ? reject(error) : resolve())));
  });
  return { queue: made, sending, finish };
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await nextTurn();
}

test('sends one request after another with one consumer', async () => {
  const { queue: made, sending, finish } = openQueue({});
  await made.offer('a', 1);
  await made.offer('b', 1);
  await turns(2);
  expect(sending).toEqual(['a']);
  const drained = made.drain();
  finish[0]!();
  await turns(1);
  expect(sending).toEqual(['a', 'b']);
  finish[1]!();
  await drained;
});

test('sends num_consumers requests at the same time, and counts them until they are sent', async () => {
  const { queue: made, sending, finish } = openQueue({ numConsumers: 3, queueSize: 10 });
  for (const data of ['a', 'b', 'c', 'd']) await made.offer(data, 1);
  await turns(5);
  expect(sending).toEqual(['a', 'b', 'c']);
  expect(made.size).toBe(4);
  finish[1]!();
  await turns(2);
  expect(sending).toEqual(['a', 'b', 'c', 'd']);
  expect(made.size).toBe(3);
});

test('clear removes what is not being sent', async () => {
  const { queue: made, sending } = openQueue({ queueSize: 10 });
  for (const data of ['a', 'b', 'c']) await made.offer(data, 1);
  await turns(2);
  expect(sending).toEqual(['a']);
  expect(made.clear()).toEqual(['b', 'c']);
  expect(made.size).toBe(1);
});

test('with wait_for_result the client learns of a failure; without it the next request is sent', async () => {
  const fails = () => Promise.reject(new Error('no'));
  const waiting = new SendingQueue<string, string>({ ...defaults, waitForResult: true }, splitter, fails);
  await expect(waiting.offer('a', 1)).rejects.toThrow('no');
  const made = new SendingQueue<string, string>(defaults, splitter, fails);
  await made.offer('a', 1);
  await made.offer('b', 1);
  await made.drain();
  expect(made.size).toBe(0);
});

test('releases the memory of a request when it is sent, not before', async () => {
  const held: string[] = [];
  const inFlight = { claim: () => undefined, retain: () => void held.push('a'), release: () => void held.pop() };
  const { queue: made, finish } = openQueue({});
  await made.offer('a', 1, { ...noClientContext, inFlight });
  await turns(1);
  expect(held).toEqual(['a']);
  finish[0]!();
  await made.drain();
  expect(held).toEqual([]);
});

describe('batches', () => {
  const batch = { flushTimeout: 60_000, minItems: 4, maxItems: 0, metadataKeys: [] };
  const sized = { sizer: 'items', queueSize: 100, batch } as const;

  test('joins requests until min_size is reached', async () => {
    const { queue: made, printed } = queue(sized);
    await made.offer('ab', 2);
    await turns(2);
    expect(printed).toEqual([]);
    expect(made.size).toBe(2);
    await made.offer('cde', 3);
    await turns(2);
    expect(printed).toEqual(['abcde']);
    expect(made.size).toBe(0);
  });

  test('divides requests at max_size; a request is done when all of its parts are', async () => {
    const { queue: made, sending, finish } = openQueue({ ...sized, numConsumers: 9, batch: { ...batch, maxItems: 4 } });
    const outcome = made.offer('abcdefghi', 9);
    await turns(4);
    expect(sending).toEqual(['abcd', 'efgh']);
    finish[0]!();
    finish[1]!();
    await turns(2);
    expect(made.size).toBe(9);
    const drained = made.drain();
    await turns(2);
    expect(sending).toEqual(['abcd', 'efgh', 'i']);
    finish[2]!();
    await Promise.all([outcome, drained]);
    expect(made.size).toBe(0);
  });

  test('joins only requests of clients with the same metadata, and passes it on', async () => {
    const sent: string[] = [];
    const made = new SendingQueue<string, string>(
      { ...defaults, ...sized, batch: { ...batch, metadataKeys: ['Tenant'] } },
      splitter,
      (data, { metadata }) => void sent.push(`${metadata.get('tenant')}: ${data}`) as undefined,
    );
    const from = (tenant: string) => ({ ...noClientContext, metadata: new Map([['tenant', [tenant]]]) });
    await made.offer('aa', 2, from('x'));
    await made.offer('bb', 2, from('y'));
    await made.offer('cc', 2, from('x'));
    await made.drain();
    expect(sent).toEqual(['x: aacc', 'y: bb']);
  });

  test('sends an incomplete batch after flush_timeout', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const { queue: made, printed } = queue({ ...sized, batch: { ...batch, flushTimeout: 200 } });
      await made.offer('a', 1);
      await turns(2);
      vi.advanceTimersByTime(199);
      await turns(2);
      expect(printed).toEqual([]);
      vi.advanceTimersByTime(1);
      await turns(2);
      expect(printed).toEqual(['a']);
    } finally {
      vi.useRealTimers();
    }
  });

  test('a failed batch fails all of its requests', async () => {
    const { queue: made, finish } = openQueue({ ...sized, waitForResult: true });
    const outcomes = Promise.allSettled([made.offer('ab', 2), made.offer('cd', 2)]);
    await turns(3);
    finish[0]!(new Error('no'));
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  });
});

test('sizer bytes: an item counts as 100 bytes', async () => {
  const { queue: made } = queue({ sizer: 'bytes', queueSize: 1_000 });
  await made.offer('a', 7);
  expect(made.size).toBe(700);
  await expect(made.offer('b', 4)).rejects.toThrow('sending queue is full');
});
