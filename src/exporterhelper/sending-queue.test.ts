import { expect, test } from 'vitest';
import { RetryableError } from '#component/errors.ts';
import { SendingQueue, type SendingQueueOptions } from './sending-queue.ts';

function queue(options: Partial<SendingQueueOptions>) {
  const printed: string[] = [];
  const made = new SendingQueue<string>(
    { queueSize: 2, sizer: 'requests', waitForResult: false, blockOnOverflow: false, ...options },
    (data) => {
      printed.push(data);
      return undefined;
    },
  );
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

test('sends one request after another', async () => {
  const sending: string[] = [];
  const finish: (() => void)[] = [];
  const made = new SendingQueue<string>(
    { queueSize: 2, sizer: 'requests', waitForResult: false, blockOnOverflow: false },
    (data) => {
      sending.push(data);
      return new Promise((resolve) => finish.push(resolve));
    },
  );
  await made.offer('a', 1);
  await made.offer('b', 1);
  await nextTurn();
  await nextTurn();
  expect(sending).toEqual(['a']);
  const drained = made.drain();
  finish[0]!();
  await nextTurn();
  expect(sending).toEqual(['a', 'b']);
  finish[1]!();
  await drained;
});

test('with wait_for_result the client learns of a failure; without it the next request is sent', async () => {
  const fails = () => Promise.reject(new Error('no'));
  const options = { queueSize: 2, sizer: 'requests', blockOnOverflow: false } as const;
  await expect(new SendingQueue<string>({ ...options, waitForResult: true }, fails).offer('a', 1)).rejects.toThrow(
    'no',
  );
  const made = new SendingQueue<string>({ ...options, waitForResult: false }, fails);
  await made.offer('a', 1);
  await made.offer('b', 1);
  await made.drain();
  expect(made.size).toBe(0);
});
