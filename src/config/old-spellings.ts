import type { Notice } from './providers.ts';
import { isRawMap, type RawMap, type RawValue, withoutText } from './raw-value.ts';

/** Verbosities of the `logging` exporter's `loglevel`. */
const verbosities: Readonly<Record<string, string>> = {
  debug: 'detailed',
  info: 'basic',
  warn: 'basic',
  error: 'basic',
};

/**
 * Rewrites settings of older releases that Helm charts still contain (docs/reference/collector-behaviour.md#older-configurations):
 * `service.telemetry.metrics.address`, with a warning, and `loglevel` of the `logging` exporter. `memory_ballast` is a component
 * that pitot does not support.
 */
export function upgradeOldSpellings(raw: RawMap): { readonly raw: RawMap; readonly notices: readonly Notice[] } {
  const notices: Notice[] = [];
  const warn = (message: string, fields: Notice['fields']) => void notices.push({ level: 'warn', message, fields });
  let result = raw;
  const exporters = withoutText(raw.exporters);
  if (isRawMap(exporters)) result = { ...result, exporters: upgradeLogging(exporters) };
  const service = withoutText(raw.service);
  if (isRawMap(service)) result = { ...result, service: upgradeMetricsAddress(service, warn) };
  return { raw: result, notices };
}

type Warn = (message: string, fields: Notice['fields']) => void;

/** The exporter itself accepts both names and logs a warning for the older one. */
function upgradeLogging(exporters: RawMap): RawMap {
  return Object.fromEntries(
    Object.entries(exporters).map(([id, body]): [string, RawValue] => {
      const value = withoutText(body);
      if (!/^\s*logging\s*(\/|$)/.test(id) || !isRawMap(value)) return [id, body];
      const { loglevel, ...rest } = value;
      const level = withoutText(loglevel);
      const verbosity = typeof level === 'string' ? verbosities[level.toLowerCase()] : undefined;
      return [id, verbosity === undefined || 'verbosity' in rest ? rest : { ...rest, verbosity }];
    }),
  );
}

function upgradeMetricsAddress(service: RawMap, warn: Warn): RawMap {
  const telemetry = withoutText(service.telemetry);
  const metrics = isRawMap(telemetry) ? withoutText(telemetry.metrics) : undefined;
  if (!isRawMap(telemetry) || !isRawMap(metrics) || !('address' in metrics)) return service;
  const { address: written, ...rest } = metrics;
  const address = String(withoutText(written) ?? '');
  const [, host, port] = /^(.*):(\d+)$/.exec(address) ?? [];
  warn('service::telemetry::metrics::address is out of use; prefer service::telemetry::metrics::readers', { address });
  if (port === undefined || 'readers' in rest) return { ...service, telemetry: { ...telemetry, metrics: rest } };
  const prometheus = { host: host === '' ? '0.0.0.0' : host!, port: Number(port) };
  const readers = [{ pull: { exporter: { prometheus } } }];
  return { ...service, telemetry: { ...telemetry, metrics: { ...rest, readers } } };
}
