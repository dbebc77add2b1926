import { expect, test } from 'vitest';
import { testSettings } from '../../test/support/component-settings.ts';
import { DroppedPoints } from './dropped-points.ts';

function dropped() {
  const settings = testSettings('prometheus');
  const count = (reason: Parameters<DroppedPoints['count']>[0], metric: string, points = 1) =>
    drops.count(reason, points, { metric, target: { job: 'j', instance: 'i' } });
  const drops = new DroppedPoints(settings);
  return { settings, drops, count };
}

test('points are counted by reason', () => {
  const { settings, count } = dropped();
  count('type_conflict', 'a', 3);
  count('type_conflict', 'b');
  count('series_limit', 'a');
  expect(
    settings.measured('pitot_prometheus_dropped_points_total', { exporter: 'prometheus', reason: 'type_conflict' }),
  ).toBe(4);
  expect(
    settings.measured('pitot_prometheus_dropped_points_total', { exporter: 'prometheus', reason: 'series_limit' }),
  ).toBe(1);
});

test('a metric is logged once for each reason; ordinary reasons are not', () => {
  const { settings, count } = dropped();
  for (let times = 0; times < 3; times++) {
    count('type_conflict', 'a');
    count('invalid_label', 'a');
    count('out_of_order', 'a');
    count('regression', 'a');
    count('duplicate_delta', 'a');
  }
  expect(settings.logged).toEqual([
    'warn Data points dropped {"metric":"a","reason":"type_conflict","target":"j/i"}',
    'warn Data points dropped {"metric":"a","reason":"invalid_label","target":"j/i"}',
  ]);
});

test('the latest hundred are kept, newest first', () => {
  const { settings, drops, count } = dropped();
  expect(drops.recent).toEqual([]);
  for (let index = 0; index < 250; index++) {
    settings.clock.advance(1);
    count('type_conflict', `m${index}`);
  }
  expect(drops.recent).toHaveLength(100);
  expect(drops.recent[0]).toEqual({
    metric: 'm249',
    target: 'j/i',
    reason: 'type_conflict',
    timeUnixMs: settings.clock.now(),
  });
  expect(drops.recent.at(-1)!.metric).toBe('m150');
});

test('a flood of names does not flood the log', () => {
  const { settings, count } = dropped();
  for (let index = 0; index < 3_000; index++) count('invalid_name', `m${index}`);
  expect(settings.logged).toHaveLength(1_000);
});

test('a target may be known in part, or not at all', () => {
  const { drops } = dropped();
  drops.count('series_limit', 1, { metric: 'a', target: undefined });
  drops.count('series_limit', 1, { metric: 'b', target: { job: undefined, instance: 'i' } });
  drops.count('series_limit', 1, { metric: 'c', target: { job: 'j', instance: undefined } });
  expect(drops.recent.map(({ target }) => target)).toEqual(['j', '/i', '']);
});
