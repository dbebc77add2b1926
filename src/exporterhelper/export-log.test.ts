import { expect, test } from 'vitest';
import { RetryableError } from '#component/errors.ts';
import { testSettings } from '../../test/support/component-settings.ts';
import { ExportLog } from './export-log.ts';

function log(advice = '') {
  const settings = testSettings('otlp');
  return { ...settings, log: new ExportLog({ ...settings, advice }) };
}

const down = new Error('connection refused');

test('logs the first failure and the recovery, not each retry', () => {
  const { log: made, logged, clock } = log();
  for (let i = 0; i < 100; i++) {
    made.retrying(down, 5000);
    clock.advance(5000);
  }
  made.succeeded();
  made.succeeded();
  expect(logged).toEqual([
    'info Exporting failed. Will retry the request after interval. {"error":"connection refused","interval":"5s"}',
    'info Exporting works again {"failed_for":"8m20s","dropped_items":0}',
  ]);
});

test('logs each new error while sending fails, up to a limit', () => {
  const { log: made, logged } = log();
  made.retrying(down, 1);
  made.retrying(new RetryableError('busy', { retryAfterSeconds: 30 }), 30_000);
  expect(logged[1]).toContain('"error":"Throttle (30s), error: busy","interval":"30s"');
  for (let i = 0; i < 100; i++) made.retrying(new Error(`error ${i}`), 1);
  expect(logged).toHaveLength(8);
});

test('counts all dropped items in entries that are 10 seconds apart, with an example', () => {
  const { log: made, logged, clock } = log(' Try this.');
  made.dropped(down, 3, 'airflow.a');
  made.dropped(down, 4, 'airflow.b');
  clock.advance(10_000);
  made.dropped(down, 5, 'airflow.c');
  made.dropped(down, 6, 'airflow.d');
  made.close();
  expect(logged).toEqual([
    'error Exporting failed. Dropping data. Try this. {"error":"connection refused","dropped_items":3,"example":"airflow.a"}',
    'error Exporting failed. Dropping data. Try this. {"error":"connection refused","dropped_items":9,"example":"airflow.c"}',
    'error Exporting failed. Dropping data. {"dropped_items":6}',
  ]);
});

test('the recovery names what was lost since sending began to fail', () => {
  const { log: made, logged, clock } = log();
  made.retrying(down, 1);
  made.dropped(down, 3, '');
  made.dropped(down, 4, '');
  clock.advance(1000);
  made.succeeded();
  expect(logged.at(-1)).toBe('info Exporting works again {"failed_for":"1s","dropped_items":7}');
});
