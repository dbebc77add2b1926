import { expect, test } from 'vitest';
import { testSettings } from '../../test/support/component-settings.ts';
import { StagedMetrics } from './staged-metrics.ts';

test('gauges replace others only when they are committed', () => {
  const { metrics, measured } = testSettings();
  metrics.gauge('g', '', {}, () => 1);
  const thrownAway = new StagedMetrics(metrics);
  thrownAway.gauge('g', '', {}, () => 2);
  expect(measured('g')).toBe(1);
  const inForce = new StagedMetrics(metrics);
  inForce.gauge('g', '', {}, () => 3);
  inForce.commit();
  expect(measured('g')).toBe(3);
  inForce.gauge('late', '', {}, () => 4);
  expect(measured('late')).toBe(4);
});

test('passes everything else on immediately', () => {
  const { metrics, measured } = testSettings();
  const staged = new StagedMetrics(metrics);
  staged.counter('c', '', { a: 'b' }).add(2);
  staged.upDownCounter('u', '', {}).add(-1);
  staged.histogram('h', '', [1]).record(1);
  expect([measured('c', { a: 'b' }), measured('u')]).toEqual([2, -1]);
});
