import { expect, test } from 'vitest';
import { testSettings } from '../../test/support/component-settings.ts';
import { RejectionLog } from './rejected-requests.ts';

const path = { reason: 'path', transport: 'http', port: 4318 } as const;

function rejections() {
  const settings = testSettings('otlp');
  const log = new RejectionLog(settings);
  const counted = (reason: string) =>
    settings.measured('pitot_receiver_rejected_requests_total', { receiver: 'otlp', transport: 'http', reason });
  return { log, counted, clock: settings.clock };
}

test('adds up what one client does with one correction, with the latest example', () => {
  const { log, counted, clock } = rejections();
  const firstUnixMs = clock.now();
  log.record({ ...path, address: '10.0.0.7', path: '/', method: 'POST' });
  clock.advance(1_000);
  log.record({ ...path, address: '10.0.0.7', path: '/metric', method: 'POST' });
  expect(log.entries).toMatchObject([
    { reason: 'path', count: 2, firstUnixMs, lastUnixMs: firstUnixMs + 1_000, path: '/metric' },
  ]);
  expect(counted('path')).toBe(2);
});

test('keeps mistakes of one client apart that need different corrections', () => {
  const { log } = rejections();
  const paths = ['/', '/v1/metrics/v1/metrics', '/v1/traces', '/v1/logs', '/api/v1/write', '/metrics/job/a', '/traces'];
  for (const each of paths) log.record({ ...path, address: '10.0.0.7', path: each, method: 'POST' });
  log.record({ ...path, address: '10.0.0.7', path: '/favicon.ico', method: 'GET' });
  expect(log.entries.map((entry) => `${entry.method} ${entry.path} ${entry.count}`)).toEqual([
    'GET /favicon.ico 1',
    'POST /traces 2',
    'POST /metrics/job/a 1',
    'POST /api/v1/write 1',
    'POST /v1/logs 1',
    'POST /v1/traces 1',
    'POST /v1/metrics/v1/metrics 1',
  ]);
});

test('lists the latest first', () => {
  const { log } = rejections();
  for (const address of ['10.0.0.1', '10.0.0.2', '10.0.0.1']) log.record({ ...path, address });
  expect(log.entries.map(({ address }) => address)).toEqual(['10.0.0.1', '10.0.0.2']);
});

test('keeps 200 clients, counts all of them, and truncates their texts', () => {
  const { log, counted } = rejections();
  for (let i = 0; i < 250; i++) log.record({ ...path, address: `10.0.0.${i}`, path: 'x'.repeat(100_000) });
  expect(log.entries).toHaveLength(200);
  expect(log.entries.at(-1)?.address).toBe('10.0.0.50');
  expect(log.entries[0]?.path).toHaveLength(201);
  expect(counted('path')).toBe(250);
});

test('writes IPv4 addresses as IPv4', () => {
  const { log } = rejections();
  for (const address of ['::ffff:10.0.0.1', 'fe80::1', undefined]) log.record({ ...path, address });
  expect(log.entries.map(({ address }) => address)).toEqual(['', 'fe80::1', '10.0.0.1']);
});
