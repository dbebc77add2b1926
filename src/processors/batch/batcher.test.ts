import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { noClientContext } from '#component/consumer.ts';
import { Batcher, type BatcherOptions, type BatchTarget, queueSlots, type Trigger } from './batcher.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Requests are lists of texts, each text is one item. */
type Request = readonly string[];

interface Sending {
  finish(): void;
  fail(error: Error): void;
}

function batcher(options: Partial<BatcherOptions> & { slow?: boolean } = {}) {
  const sent: Request[] = [];
  const triggers: Trigger[] = [];
  const failures: string[] = [];
  const sendings: Sending[] = [];
  const splitter: BatchTarget<Request, string> = {
    parts: (request) => request,
    itemCount: (request) => request.length,
    level: { count: () => 1, cut: () => expect.unreachable() },
    build: (parts) => parts,
    send: (request) => {
      sent.push(request);
      if (!options.slow) return undefined;
      return new Promise((finish, fail) => sendings.push({ finish, fail }));
    },
  };
  const made = new Batcher(splitter, {
    timeout: 200,
    sendBatchSize: 3,
    sendBatchMaxSize: 0,
    context: noClientContext,
    onSent: (_, trigger) => triggers.push(trigger),
    onFailed: (error) => failures.push((error as Error).message),
    ...options,
  });
  made.start();
  return { batcher: made, sent, triggers, failures, sendings, splitter };
}

const turn = () => new Promise((done) => setImmediate(done));

test('sends when the size is reached, and the rest when the time is up', () => {
  const { batcher: made, sent, triggers } = batcher();
  made.consume(['a', 'b']);
  expect(sent).toEqual([]);
  made.consume(['c', 'd']);
  expect(sent).toEqual([['a', 'b', 'c', 'd']]);
  made.consume(['e']);
  vi.advanceTimersByTime(199);
  expect(sent.length).toBe(1);
  vi.advanceTimersByTime(1);
  expect(sent[1]).toEqual(['e']);
  expect(triggers).toEqual(['size', 'timeout']);
});

test('waits for a timeout that is longer than the longest timer of Node.js', () => {
  const { batcher: made, sent } = batcher({ timeout: 1000 * 3_600_000 });
  made.consume(['a']);
  vi.advanceTimersByTime(3_600_000);
  expect(sent).toEqual([]);
});

test('sending by size restarts the timeout', () => {
  const { batcher: made, sent } = batcher();
  vi.advanceTimersByTime(150);
  made.consume(['a', 'b', 'c']);
  made.consume(['d']);
  vi.advanceTimersByTime(199);
  expect(sent.length).toBe(1);
  vi.advanceTimersByTime(1);
  expect(sent.length).toBe(2);
});

test.each([{ timeout: 0 }, { sendBatchSize: 0 }])('%j sends each request immediately', (options) => {
  const { batcher: made, sent } = batcher(options);
  made.consume(['a']);
  made.consume(['b']);
  expect(sent).toEqual([['a'], ['b']]);
});

test('nothing pending sends nothing', () => {
  const { batcher: made, sent } = batcher();
  made.consume([]);
  vi.advanceTimersByTime(1000);
  expect(sent).toEqual([]);
});

test('splits at the maximum size; the rest below the size waits', () => {
  const { batcher: made, sent } = batcher({ sendBatchMaxSize: 3 });
  made.consume(['a', 'b', 'c', 'd', 'e', 'f', 'g']);
  expect(sent).toEqual([
    ['a', 'b', 'c'],
    ['d', 'e', 'f'],
  ]);
  vi.advanceTimersByTime(200);
  expect(sent[2]).toEqual(['g']);
});

test('sends one batch at a time, in order, and accepts requests in the meantime', async () => {
  const { batcher: made, sent, sendings } = batcher({ slow: true, sendBatchSize: 1 });
  for (const item of ['a', 'b', 'c']) expect(made.consume([item])).toBeUndefined();
  expect(sent).toEqual([['a']]);
  sendings[0]!.finish();
  await turn();
  expect(sent).toEqual([['a'], ['b']]);
  sendings[1]!.finish();
  await turn();
  expect(sent).toEqual([['a'], ['b'], ['c']]);
});

test('with a full queue, clients wait until there is space, and none waits forever', async () => {
  const { batcher: made, sent, sendings } = batcher({ slow: true, sendBatchSize: 1 });
  made.consume(['first']);
  for (let i = 0; i < queueSlots; i++) expect(made.consume([String(i)])).toBeUndefined();
  const admitted: string[] = [];
  const waiting = ['x', 'y'].map((item) => made.consume([item])!.then(() => admitted.push(item)));
  await turn();
  expect(admitted).toEqual([]);
  sendings[0]!.finish();
  await turn();
  expect(admitted).toEqual(['x']);
  const end = made.shutdown();
  for (let i = 1; i < queueSlots + 3; i++) {
    sendings[i]!.finish();
    await turn();
  }
  await end;
  await Promise.all(waiting);
  expect(sent.flat()).toEqual(['first', ...Array.from({ length: queueSlots }, (_, i) => String(i)), 'x', 'y']);
});

test('the time that is up while a batch is on its way is not forgotten', async () => {
  const { batcher: made, sent, sendings } = batcher({ slow: true });
  made.consume(['a', 'b', 'c']);
  made.consume(['d']);
  vi.advanceTimersByTime(200);
  expect(sent.length).toBe(1);
  sendings[0]!.finish();
  await turn();
  expect(sent[1]).toEqual(['d']);
});

test('a batch that is refused is lost and reported, and the next ones go on', async () => {
  const { batcher: made, sent, failures, triggers, sendings } = batcher({ slow: true, sendBatchSize: 1 });
  made.consume(['a']);
  made.consume(['b']);
  sendings[0]!.fail(new Error('full'));
  await turn();
  sendings[1]!.finish();
  await turn();
  expect(sent.length).toBe(2);
  expect(failures).toEqual(['full']);
  expect(triggers).toEqual(['size']);
});

test('also reports an error that is thrown synchronously', () => {
  const { batcher: made, failures, splitter } = batcher({ sendBatchSize: 1 });
  splitter.send = () => {
    throw new Error('broken');
  };
  made.consume(['a']);
  expect(failures).toEqual(['broken']);
});

test('shutdown sends what is pending and lets no timer run on', async () => {
  const { batcher: made, sent } = batcher();
  made.consume(['a']);
  await made.shutdown();
  await made.shutdown();
  expect(sent).toEqual([['a']]);
  expect(vi.getTimerCount()).toBe(0);
});
