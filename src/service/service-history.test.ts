import { expect, test } from 'vitest';
import { ManualClock } from '../../test/support/component-settings.ts';
import { ServiceHistory } from './service-history.ts';

test('a problem is an event when it begins and when it ends, not each time it is reported', () => {
  const history = new ServiceHistory(new ManualClock());
  history.reportStatus('file_storage', undefined);
  history.reportStatus('file_storage', new Error('disk full'));
  history.reportStatus('file_storage', new Error('disk full'));
  history.reportStatus('file_storage', new Error('disk still full'));
  expect(history.problems).toEqual([{ id: 'file_storage', message: 'disk still full' }]);
  history.reportStatus('file_storage', undefined);
  expect(history.problems).toEqual([]);
  expect(history.events.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
    'degraded file_storage: disk full',
    'recovered file_storage',
  ]);
});

test('keeps the latest 200 events', () => {
  const history = new ServiceHistory(new ManualClock());
  for (let i = 0; i < 300; i++) history.add('reloaded', `${i}`);
  expect(history.events).toHaveLength(200);
  expect(history.events.at(-1)?.text).toBe('299');
});
