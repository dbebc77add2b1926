import { resolve } from 'node:path';
import type { LoadedConfig } from '#config/load-config.ts';
import { visitConfig } from '#config/schema.ts';
import type { ConfigurationFacts, ConfiguredListener } from './generated-files.ts';

type Purpose = ConfiguredListener['purpose'];

/** Reads the facts from which files for other programs follow. `locations`: those of `--config`. */
export function factsOf(loaded: LoadedConfig, locations: readonly string[]): ConfigurationFacts {
  const { receivers, exporters, extensions, service } = loaded;
  const pipelines = Object.values(service.pipelines);
  const used = (ids: Iterable<string>, section: typeof receivers | typeof exporters | typeof extensions) =>
    [...new Set(ids)].flatMap((id) => section.components.get(id) ?? []);
  const listening = [
    ...used(
      pipelines.flatMap((pipeline) => pipeline.receivers),
      receivers,
    ),
    ...used(
      pipelines.flatMap((pipeline) => pipeline.exporters),
      exporters,
    ),
    ...used(service.extensions, extensions),
  ];
  const listeners: ConfiguredListener[] = [];
  let healthUrl: string | undefined;
  for (const { type, factory, config } of listening) {
    visitConfig(factory.configSchema, config, ({ metadata, value, group }) => {
      if (metadata.role !== 'listen-address' || typeof value !== 'string') return;
      const [, host = '', port] = /^\[?(.*?)\]?:(\d+)$/.exec(value) ?? [];
      if (port === undefined || Number(port) === 0) return;
      const hasTls = (group as { tls?: unknown }).tls !== undefined;
      const scheme = hasTls ? 'https' : 'http';
      if (type === 'health_check')
        healthUrl = `${scheme}://127.0.0.1:${port}${(group as { path?: string }).path ?? '/'}`;
      listeners.push({ purpose: purposeOf(type), host: plain(host), port: Number(port), hasTls });
    });
  }
  const { level, readers } = service.telemetry.metrics;
  for (const { pull } of level === 'none' ? [] : readers) {
    const { host, port } = pull?.exporter.prometheus ?? { host: '', port: 0 };
    if (port > 0) listeners.push({ purpose: 'own_metrics', host: plain(host), port, hasTls: false });
  }
  const directories = used(service.extensions, extensions)
    .filter(({ type }) => type === 'file_storage')
    .map(({ config }) => config as { directory: string; optionalDirectory?: string })
    .map(({ directory, optionalDirectory = '' }) => directory || optionalDirectory)
    .filter((directory) => directory !== '');
  const files = locations.flatMap((location) => {
    const path = location.replace(/^file:/, '');
    return /^(yaml|env|https?):/.test(path) ? [] : [resolve(path)];
  });
  return { listeners, healthUrl, directories, files };
}

function purposeOf(type: string): Purpose {
  if (type === 'otlp') return 'otlp';
  return type === 'prometheus' ? 'metrics' : 'other';
}

function plain(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '' : host;
}
