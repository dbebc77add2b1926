import { expect, test } from 'vitest';
import { doctorAgent } from '#component/views/clients-view.ts';
import { ManualClock } from '../../../test/support/component-settings.ts';
import { gauge, number, request, resource } from '../../../test/support/pdata.ts';
import { type Client, SourceTable } from './source-table.ts';

const client = (address: string): Client => ({
  transport: 'http',
  address: () => address,
  userAgent: () => 'OTel-OTLP-Exporter-Python/1.35.0',
});

function metrics(attributes: Record<string, string>, clock: ManualClock, points = 1) {
  const timeUnixNano = BigInt(clock.now()) * 1_000_000n;
  const values = Array.from({ length: points }, () => number(1, { timeUnixNano }));
  return request({ resource: resource(attributes) }, gauge('g', ...values));
}

function sources() {
  const clock = new ManualClock();
  const table = new SourceTable(clock);
  const send = (attributes: Record<string, string>, address = '10.0.0.1', points = 1) =>
    table.received(metrics(attributes, clock, points), 100, client(address));
  return { clock, table, send };
}

test('adds up the requests of one process, and measures its export interval', () => {
  const { clock, table, send } = sources();
  const attributes = { 'service.name': 'airflow', 'service.instance.id': 'p1' };
  for (let i = 0; i < 4; i++) {
    send(attributes, '10.0.0.1', 5);
    clock.advance(60_000);
  }
  expect(table.sources(10)).toMatchObject([
    {
      ...{ job: 'airflow', process: 'p1', hasInstanceId: true, address: '10.0.0.1', transport: 'http' },
      ...{ requests: 4, points: 20, bytes: 400, refused: 0, intervalMs: 60_000, clockSkewMs: 0, addresses: 1 },
    },
  ]);
  expect([table.requests, table.known, table.lastUnixMs]).toEqual([4, 1, clock.now() - 60_000]);
});

test('distinguishes processes without an instance ID by process ID, host, and address', () => {
  const { table, send } = sources();
  send({ 'service.name': 'a', 'process.pid': '7', 'host.name': 'h' });
  send({ 'service.name': 'a', 'process.pid': '8', 'host.name': 'h' });
  send({ 'service.name': 'a' }, '10.0.0.1');
  send({ 'service.name': 'a' }, '10.0.0.2');
  expect(table.sources(10).map(({ process, address }) => [process, address])).toEqual([
    ['7 h', '10.0.0.1'],
    ['8 h', '10.0.0.1'],
    ['', '10.0.0.1'],
    ['', '10.0.0.2'],
  ]);
});

test('notes that one instance ID sends from two addresses, and that a clock is wrong', () => {
  const { clock, table, send } = sources();
  const attributes = { 'service.name': 'a', 'service.instance.id': 'p1' };
  send(attributes, '10.0.0.1');
  const late = metrics(attributes, clock);
  clock.advance(120_000);
  table.received(late, 1, client('10.0.0.2'));
  expect(table.sources(10)).toMatchObject([{ addresses: 2, address: '10.0.0.2', clockSkewMs: -120_000 }]);
});

test('counts refused and empty requests', () => {
  const { clock, table } = sources();
  const one = metrics({ 'service.name': 'a' }, clock);
  const began = clock.now();
  table.received(one, 1, client('10.0.0.1'));
  table.refused(one);
  clock.advance(5_000);
  table.receivedEmpty(client('10.0.0.1'));
  expect(table.sources(1)).toMatchObject([{ requests: 1, refused: 1 }]);
  expect([table.firstUnixMs, table.emptyRequests, table.lastEmptyUnixMs]).toEqual([began, 1, began + 5_000]);
});

test('a test point of pitot doctor is not a client', () => {
  const { clock, table } = sources();
  table.received(metrics({ 'service.name': 'a' }, clock), 1, { ...client('10.0.0.1'), userAgent: () => doctorAgent });
  table.receivedEmpty({ ...client('10.0.0.1'), userAgent: () => doctorAgent });
  expect([table.requests, table.known, table.lastUnixMs, table.emptyRequests]).toEqual([0, 0, undefined, 0]);
});

test('keeps the latest 1,000 processes, with truncated texts', () => {
  const { clock, table, send } = sources();
  for (let i = 0; i < 1_500; i++) {
    send({ 'service.name': 'a', 'service.instance.id': `${i}`, long: 'x'.repeat(60_000) });
    clock.advance(1);
  }
  expect([table.known, table.evicted]).toEqual([1_000, 500]);
  const [latest] = table.sources(1);
  expect(latest?.process).toBe('1499');
  expect(latest?.attributes.find(([key]) => key === 'long')?.[1]).toHaveLength(161);
});
