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
 * that pitot does not support. The newer `healthcheckv2` with `use_v2` and its block `http` becomes a `health_check` on the path of its
 * status. Without `use_v2` its blocks have no effect, same as in the Collector.
 */
export function upgradeOldSpellings(raw: RawMap): { readonly raw: RawMap; readonly notices: readonly Notice[] } {
  const notices: Notice[] = [];
  const warn = (message: string, fields: Notice['fields']) => void notices.push({ level: 'warn', message, fields });
  let result = raw;
  const exporters = withoutText(raw.exporters);
  if (isRawMap(exporters)) result = { ...result, exporters: upgradeLogging(exporters) };
  const extensions = withoutText(raw.extensions);
  if (isRawMap(extensions)) result = { ...result, extensions: upgradeHealthChecks(extensions, warn) };
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

function upgradeHealthChecks(extensions: RawMap, warn: Warn): RawMap {
  return Object.fromEntries(
    Object.entries(extensions).map(([id, body]): [string, RawValue] => {
      const value = withoutText(body);
      if (!/^\s*healthcheckv2\s*(\/|$)/.test(id) || !isRawMap(value)) return [id, body];
      const { use_v2: useV2, http: written, grpc, ...rest } = value;
      if (withoutText(useV2) !== true) {
        const unused = Object.keys(value).filter((key) => key === 'http' || key === 'grpc');
        for (const key of unused) {
          warn('Setting has no effect without use_v2: true; ignored', { key: `extensions::${id}::${key}` });
        }
        return unused.length === 0 ? [id, body] : [id, { ...rest, ...('use_v2' in value && { use_v2: useV2 }) }];
      }
      const http = withoutText(written);
      if (!isRawMap(http)) return [id, body];
      const { config, status, ...server } = http;
      for (const [key, ignored] of Object.entries({ grpc, 'http::config': config })) {
        if (ignored === undefined) continue;
        warn('Setting is not supported by pitot; ignored', { key: `extensions::${id}::${key}` });
      }
      const settings = withoutText(status);
      const path = (isRawMap(settings) ? settings.path : undefined) ?? '/status';
      return [id, { ...rest, ...server, path }];
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
