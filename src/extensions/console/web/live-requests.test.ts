import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Requests } from '#api/requests.ts';
import type { RequestsView, TappedRequest } from '#component/views/requests-view.ts';
import { isLocal, LiveRequests } from './live-requests.ts';

const mebibyte = 1024 * 1024;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function live() {
  const listeners = new Set<(request: TappedRequest) => void>();
  const view: RequestsView = {
    tap: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const sent: Requests[] = [];
  const stream = {
    isReady: true,
    bufferedBytes: 0,
    send: (_event: string, data: unknown) => void sent.push(data as Requests),
  };
  const views = [view];
  const clock = { now: () => 0, monotonic: () => 7 };
  const requests = new LiveRequests(stream, () => views, clock as never);
  const receive = (body: Buffer) => {
    for (const listener of listeners) {
      listener({
        transport: 'http',
        path: '/v1/metrics',
        contentType: 'a/b',
        contentEncoding: '',
        userAgent: '',
        body,
      });
    }
  };
  return { requests, listeners, views, sent, stream, receive };
}

test('sends each request when it arrives', () => {
  const { sent, receive } = live();
  receive(Buffer.from('x'));
  expect(sent).toEqual([
    {
      requests: [{ atMs: 7, transport: 'http', path: '/v1/metrics', headers: { 'content-type': 'a/b' }, body: 'eA==' }],
      missed: 0,
    },
  ]);
});

test('counts requests that are too large, and requests above the limit of a second', () => {
  const { sent, receive } = live();
  receive(Buffer.alloc(4 * mebibyte + 1));
  receive(Buffer.alloc(4 * mebibyte));
  receive(Buffer.alloc(4 * mebibyte));
  receive(Buffer.alloc(1));
  const counts = () => sent.map(({ requests, missed }) => [requests.length, missed]);
  expect(counts()).toEqual([
    [1, 1],
    [1, 0],
  ]);
  vi.advanceTimersByTime(1_000);
  receive(Buffer.alloc(1));
  expect(counts().slice(2)).toEqual([
    [0, 1],
    [1, 0],
  ]);
});

test('a client that does not read receives no more than the limit', () => {
  const { sent, stream, receive } = live();
  stream.bufferedBytes = 8 * mebibyte + 1;
  receive(Buffer.from('x'));
  vi.advanceTimersByTime(5_000);
  expect(sent).toEqual([]);
  stream.bufferedBytes = 0;
  receive(Buffer.from('y'));
  expect(sent).toMatchObject([{ missed: 1, requests: [{ body: 'eQ==' }] }]);
});

test('follows receivers that a reload replaces, and ends', () => {
  const { requests, listeners, views } = live();
  const [view] = views.splice(0);
  vi.advanceTimersByTime(1_000);
  expect(listeners.size).toBe(0);
  views.push(view!);
  vi.advanceTimersByTime(1_000);
  expect(listeners.size).toBe(1);
  requests.stop();
  expect(listeners.size).toBe(0);
});

test.each([
  ['127.0.0.1', {}, true],
  ['::ffff:127.0.0.9', {}, true],
  ['::1', {}, true],
  ['10.0.0.7', {}, false],
  ['127.0.0.1', { 'x-forwarded-for': '10.0.0.7' }, false],
  ['::1', { forwarded: 'for=10.0.0.7' }, false],
])('%s %j is local: %s', (remoteAddress, headers, expected) => {
  expect(isLocal({ socket: { remoteAddress }, headers } as never)).toBe(expected);
});
