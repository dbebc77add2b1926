import { expect, test } from 'vitest';
import { upgradeOldSpellings } from './old-spellings.ts';
import type { RawMap } from './raw-value.ts';

/** The upgraded configuration and the warnings. */
function upgraded(raw: RawMap): [RawMap, string[]] {
  const { raw: result, notices } = upgradeOldSpellings(raw);
  return [result, notices.map(({ message }) => message)];
}

test('loglevel of the logging exporter becomes its verbosity', () => {
  const f = (body: RawMap | null, want: RawMap | null) => {
    const exporters = { logging: body, 'logging/a': body, debug: body };
    expect(upgraded({ exporters })[0]).toEqual({ exporters: { logging: want, 'logging/a': want, debug: body } });
  };
  f(null, null);
  f({}, {});
  f({ loglevel: 'debug' }, { verbosity: 'detailed' });
  f({ loglevel: 'INFO', sampling_initial: 5 }, { verbosity: 'basic', sampling_initial: 5 });
  f({ loglevel: 'debug', verbosity: 'normal' }, { verbosity: 'normal' });
});

test('the address of own metrics becomes a reader, with a warning', () => {
  const f = (address: string, prometheus: RawMap) => {
    const [{ service }, warnings] = upgraded({ service: { telemetry: { metrics: { address, level: 'basic' } } } });
    const readers = [{ pull: { exporter: { prometheus } } }];
    expect(service).toEqual({ telemetry: { metrics: { level: 'basic', readers } } });
    expect(warnings).toEqual([
      'service::telemetry::metrics::address is out of use; prefer service::telemetry::metrics::readers',
    ]);
  };
  f('10.0.0.1:8888', { host: '10.0.0.1', port: 8888 });
  f(':8888', { host: '0.0.0.0', port: 8888 });
  f('[::1]:8888', { host: '[::1]', port: 8888 });
});

test('existing readers take precedence over an address, and an invalid address is ignored', () => {
  const readers = [{ pull: {} }];
  expect(upgraded({ service: { telemetry: { metrics: { address: 'a:1', readers } } } })[0]).toEqual({
    service: { telemetry: { metrics: { readers } } },
  });
  expect(upgraded({ service: { telemetry: { metrics: { address: 'a' } } } })[0]).toEqual({
    service: { telemetry: { metrics: {} } },
  });
});

test('does not change other settings', () => {
  for (const raw of [{}, { exporters: 5, service: 'x' }, { exporters: { debug: {} }, service: { telemetry: null } }]) {
    expect(upgraded(raw as RawMap)).toEqual([raw, []]);
  }
});
