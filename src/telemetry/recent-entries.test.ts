import { expect, test } from 'vitest';
import { ManualClock } from '../../test/support/component-settings.ts';
import { RecentEntries } from './recent-entries.ts';

const component = 'prometheus';

test('lists equal messages once, with their number and the latest fields', () => {
  const recent = new RecentEntries(new ManualClock());
  recent.add('warn', 'Data points dropped', { component, fields: { metric: 'a' } });
  recent.add('error', 'Storage write failed', { component: 'file_storage', fields: { error: new Error('full') } });
  recent.add('warn', 'Data points dropped', { component, fields: { metric: 'b', points: 3n, at: { x: 1 } } });
  expect(recent.entries).toMatchObject([
    { level: 'error', message: 'Storage write failed', count: 1, fields: { error: 'full' } },
    { level: 'warn', count: 2, component, fields: { metric: 'b', points: '3', at: '{"x":1}' } },
  ]);
});

test('is bounded in entries and texts', () => {
  const recent = new RecentEntries(new ManualClock());
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  for (let i = 0; i < 300; i++) recent.add('warn', `${i}`, { component, fields: { circular, long: 'x'.repeat(1e5) } });
  expect(recent.entries).toHaveLength(200);
  expect(recent.entries.at(-1)?.message).toBe('299');
  expect(recent.entries[0]?.fields.long).toHaveLength(1_001);
});
