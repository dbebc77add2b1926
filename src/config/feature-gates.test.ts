import { afterEach, expect, test } from 'vitest';
import { featureGates, isGateEnabled, switchGates } from './feature-gates.ts';

const initially = featureGates().map(({ id, enabled }) => (enabled ? id : `-${id}`));
afterEach(() => void switchGates(initially.join(',')));

test('switches gates by a list; beta and stable gates are enabled by default', () => {
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

test('does not disable a stable gate', () => {
  const id = 'pkg.translator.prometheus.PermissiveLabelSanitization';
  expect(() => switchGates(`-${id}`)).toThrow(`feature gate "${id}" is stable, can not be disabled`);
  expect(switchGates(id)).toEqual([
    `Feature gate "${id}" is stable and already enabled; remove it from --feature-gates`,
  ]);
  expect(isGateEnabled(id)).toBe(true);
});

test('ignores a gate that the Collector removed, and says what applies instead', () => {
  const [remark] = switchGates('-processor.filter.defaultErrorModeIgnore');
  expect(remark).toContain('was removed from the Collector and is ignored');
  expect(remark).toContain('write error_mode: propagate');
});

test('ignores and names the gates of components that pitot does not have; refuses anything else', () => {
  expect(switchGates('receiver.kafkareceiver.something,-k8sattr.rfc3339')).toEqual([
    'Feature gate "receiver.kafkareceiver.something" does not belong to a component of pitot and is ignored',
    'Feature gate "k8sattr.rfc3339" does not belong to a component of pitot and is ignored',
  ]);
  expect(switchGates('')).toEqual([]);
  expect(() => switchGates('service.AllowNoPipelines,')).toThrow('empty feature gate identifier at index 1');
  expect(() => switchGates('foo')).toThrow(/^no such feature gate "foo"\. valid gates: \[confmap\.enable/);
  expect(() => isGateEnabled('foo')).toThrow('no such feature gate "foo"');
});
