import { GoFloat, isRawMap, type RawMap, withoutText } from '#config/raw-value.ts';

/** Ports of 127.0.0.1 on which a trial listens. */
export interface TrialPorts {
  readonly http: number;
  readonly metrics: number;
  readonly console: number;
}

/** Settings of the prometheus exporter that the Collector knows. */
const collectorKeys = new Set([
  ...['namespace', 'const_labels', 'send_timestamps', 'metric_expiration', 'resource_constant_labels'],
  ...['resource_to_telemetry_conversion', 'enable_open_metrics', 'without_scope_info', 'add_metric_suffixes'],
  'translation_strategy',
]);

/**
 * Returns the configuration of a trial: the first metrics pipeline with a prometheus exporter, its processors, and private ports. It has no
 * credentials, TLS, or storage.
 * @throws Error if there is no such pipeline
 */
export function trialConfig(raw: RawMap, ports: TrialPorts, program: 'pitot' | 'collector'): object {
  const plain = plainMap(raw);
  const pipelines = mapIn(mapIn(plain, 'service'), 'pipelines');
  const isPrometheus = (id: unknown) => /^prometheus(\/|$)/.test(String(id));
  const pipeline = Object.entries(pipelines)
    .filter(([id]) => /^metrics(\/|$)/.test(id))
    .map(([, value]) => value as { exporters?: unknown; processors?: unknown })
    .find(({ exporters }) => Array.isArray(exporters) && exporters.some(isPrometheus));
  if (!pipeline) throw new Error('the configuration has no metrics pipeline with a prometheus exporter');
  const id = String((pipeline.exporters as unknown[]).find(isPrometheus));
  const processors = Array.isArray(pipeline.processors) ? pipeline.processors.map(String) : [];
  const isPitot = program === 'pitot';
  return {
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${ports.http}` } } } },
    processors: Object.fromEntries(processors.map((name) => [name, mapIn(plain, 'processors')[name] ?? {}])),
    exporters: { [id]: exporterIn(mapIn(mapIn(plain, 'exporters'), id), ports.metrics, isPitot) },
    ...(isPitot && { extensions: { console: { endpoint: `127.0.0.1:${ports.console}` } } }),
    service: {
      telemetry: { logs: { level: 'warn' }, metrics: { level: 'none' } },
      ...(isPitot && { extensions: ['console'] }),
      pipelines: { metrics: { receivers: ['otlp'], processors, exporters: [id] } },
    },
  };
}

function exporterIn(settings: Record<string, unknown>, port: number, isPitot: boolean): object {
  const { tls: _, auth: __, cors: ___, metrics_url_path: ____, ...kept } = settings;
  const endpoint = `127.0.0.1:${port}`;
  if (isPitot) {
    const accumulation = mapIn(settings, 'accumulation');
    return { ...kept, endpoint, ...('accumulation' in settings && { accumulation: { ...accumulation, storage: '' } }) };
  }
  const known = Object.fromEntries(Object.entries(kept).filter(([key]) => collectorKeys.has(key)));
  return { ...known, ...(known.metric_expiration === 'never' && { metric_expiration: '87600h' }), endpoint };
}

function mapIn(map: Record<string, unknown>, key: string): Record<string, unknown> {
  const value = map[key];
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function plainMap(raw: RawMap): Record<string, unknown> {
  return plainValue(raw) as Record<string, unknown>;
}

/** Returns a value for JSON. A text that YAML would expand again is escaped. */
function plainValue(value: unknown): unknown {
  const parsed = withoutText(value);
  if (typeof parsed === 'string') return parsed.replaceAll('$', '$$$$');
  if (parsed instanceof GoFloat) return parsed.value;
  if (typeof parsed === 'bigint') return Number(parsed);
  if (Array.isArray(parsed)) return parsed.map(plainValue);
  if (!isRawMap(parsed)) return parsed;
  return Object.fromEntries(Object.entries(parsed).map(([key, each]) => [key, plainValue(each)]));
}
