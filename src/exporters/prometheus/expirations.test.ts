import { expect, test } from 'vitest';
import { parseConfig } from '#config/schema.ts';
import { prometheusConfig } from './config.ts';

const day = 86_400_000;

test('durations of expirations and accumulation can have days, as in docs/accumulation.md', () => {
  const parsed = parseConfig(prometheusConfig, {
    endpoint: 'localhost:0',
    expirations: [{ metrics: ['*_last_run'], after: '7d' }],
    accumulation: { enabled: true, stream_expiration: '1d', series_expiration: '30d', history_margin: '1d12h' },
  });
  if (!parsed.ok) throw new Error(parsed.failure.message);
  const { expirations, accumulation } = parsed.value;
  expect(expirations).toEqual([{ metrics: ['*_last_run'], after: 7 * day }]);
  expect(accumulation).toMatchObject({ streamExpiration: day, seriesExpiration: 30 * day, historyMargin: 1.5 * day });
});

test('durations that the Collector also has cannot', () => {
  const parsed = parseConfig(prometheusConfig, { endpoint: 'localhost:0', metric_expiration: '7d' });
  expect(parsed.ok).toBe(false);
});
