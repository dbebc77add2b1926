import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { textFormat } from '#prometheus/exposition/text-format.ts';
import { ManualClock } from '../../../test/support/component-settings.ts';
import { ScrapeLog } from './scrape-log.ts';

const scrape = {
  format: textFormat('underscores'),
  coding: 'gzip',
  bodyBytes: 512,
  durationMs: 3,
  outcome: 'sent',
} as const;

function request(remoteAddress: string, headers: Record<string, string> = {}): IncomingMessage {
  return { socket: { remoteAddress }, headers } as unknown as IncomingMessage;
}

const prometheus = { 'user-agent': 'Prometheus/3.5.0', 'x-prometheus-scrape-timeout-seconds': '10' };

test('lists scrapes, newest first, and the interval of each scraper', () => {
  const clock = new ManualClock();
  const log = new ScrapeLog(clock);
  log.record(scrape, request('::ffff:10.0.0.1', prometheus));
  log.record(scrape, request('10.0.0.9', { 'user-agent': 'curl/8.5.0' }));
  clock.advance(15_000);
  log.record(scrape, request('::ffff:10.0.0.1', prometheus));
  const { recent, scrapers } = log.view();
  expect(recent.map(({ address, userAgent, isScraper }) => [address, userAgent, isScraper])).toEqual([
    ['10.0.0.1', 'Prometheus/3.5.0', true],
    ['10.0.0.9', 'curl/8.5.0', false],
    ['10.0.0.1', 'Prometheus/3.5.0', true],
  ]);
  expect(scrapers).toMatchObject([{ address: '10.0.0.1', intervalMs: 15_000, bytes: 512, coding: 'gzip' }]);
});

test('a scrape that was not sent completely is no success of a scraper', () => {
  const log = new ScrapeLog(new ManualClock());
  log.record({ ...scrape, outcome: 'aborted' }, request('10.0.0.1', prometheus));
  expect(log.view()).toMatchObject({ recent: [{ outcome: 'aborted' }], scrapers: [] });
});

test('keeps 60 scrapes and 32 scrapers', () => {
  const log = new ScrapeLog(new ManualClock());
  for (let i = 0; i < 500; i++) log.record(scrape, request(`10.0.0.${i}`, prometheus));
  expect(log.view().recent).toHaveLength(60);
  expect(log.view().scrapers).toHaveLength(32);
  expect(log.view().scrapers[0]?.address).toBe('10.0.0.499');
});
