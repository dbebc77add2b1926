import { afterEach, expect, test } from 'vitest';
import { featureGates, isGateEnabled, switchGates } from './feature-gates.ts';

const initially = featureGates().map(({ id, enabled }) => (enabled ? id : `-${id}`));
afterEach(() => void switchGates(initially.join(',')));

test('gates are switched by a list; beta gates are on by themselves', () => {
  expect(isGateEnabled('service.AllowNoPipelines')).toBe(false);
  expect(isGateEnabled('exporter.prometheusexporter.DisableAddMetricSuffixes')).toBe(true);
  switchGates(
    '+service.AllowNoPipelines,-exporter.prometheusexporter.DisableAddMetricSuffixes,service.profilesSupport',
  );
  expect(isGateEnabled('service.AllowNoPipelines')).toBe(true);
  expect(isGateEnabled('exporter.prometheusexporter.DisableAddMetricSuffixes')).toBe(false);
  expect(isGateEnabled('service.profilesSupport')).toBe(true);
  expect(featureGates().find(({ id }) => id === 'service.profilesSupport')?.enabled).toBe(true);
});

test('gates of components that are not built in are ignored and named; other words are refused', () => {
  expect(switchGates('receiver.kafkareceiver.something,-k8sattr.rfc3339')).toEqual([
    'receiver.kafkareceiver.something',
    'k8sattr.rfc3339',
  ]);
  expect(switchGates('')).toEqual([]);
  expect(() => switchGates('foo')).toThrow(/^no such feature gate "foo"\. valid gates: \[confmap\.enable/);
  expect(() => isGateEnabled('foo')).toThrow('no such feature gate "foo"');
});
