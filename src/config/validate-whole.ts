import { isGateEnabled } from './feature-gates.ts';
import type { LoadedConfig } from './load-config.ts';
import { validateConfig } from './schema.ts';
import type { ConfiguredSection } from './section.ts';
import { serviceConfig } from './service-config.ts';

/**
 * Checks a configuration as a whole and every component in it: lines with the collector's words, none when it is fine
 * (behaviour.md §4.6). Only the first problem among the references is told, as there.
 */
export function validateWhole(loaded: LoadedConfig): string[] {
  const lines: string[] = [];
  const whole = firstProblem(loaded);
  if (whole !== undefined) lines.push(whole);
  for (const name of ['receivers', 'exporters', 'processors', 'extensions'] as const) {
    for (const { id, factory, config } of loaded[name].components.values()) {
      for (const { path, message } of validateConfig(factory.configSchema, config)) {
        lines.push(`${name}::${id}${path === '' ? '' : `::${path}`}: ${message}`);
      }
    }
  }
  for (const { path, message } of validateConfig(serviceConfig, loaded.service)) {
    lines.push(`service::${path}: ${message}`);
  }
  return lines;
}

function firstProblem(loaded: LoadedConfig): string | undefined {
  const { receivers, processors, exporters, connectors, extensions, service } = loaded;
  if ([receivers, exporters, processors, connectors, extensions].every(isEmpty)) return 'empty configuration file';
  const mayLackPipelines = isGateEnabled('service.AllowNoPipelines');
  if (!mayLackPipelines && isEmpty(receivers)) return 'no receiver configuration specified in config';
  if (!mayLackPipelines && isEmpty(exporters)) return 'no exporter configuration specified in config';
  for (const id of connectors.foreign) {
    for (const [kind, section] of [
      ['exporter', exporters],
      ['receiver', receivers],
    ] as const) {
      if (has(section, id)) return ambiguous(id, kind);
    }
  }
  for (const id of service.extensions) {
    if (!has(extensions, id)) return `service::extensions: references extension ${quote(id)} which is not configured`;
  }
  for (const { id, ...parts } of Object.values(service.pipelines)) {
    const missing =
      parts.receivers
        .filter((name) => !has(receivers, name) && !has(connectors, name))
        .map((name) => ['receiver', name])[0] ??
      parts.processors.filter((name) => !has(processors, name)).map((name) => ['processor', name])[0] ??
      parts.exporters
        .filter((name) => !has(exporters, name) && !has(connectors, name))
        .map((name) => ['exporter', name])[0];
    if (missing) {
      return `service::pipelines::${id}: references ${missing[0]} ${quote(missing[1]!)} which is not configured`;
    }
  }
  return undefined;
}

function isEmpty(section: ConfiguredSection<unknown>): boolean {
  return section.components.size === 0 && section.foreign.size === 0;
}

function has(section: ConfiguredSection<unknown>, id: string): boolean {
  return section.components.has(id) || section.foreign.has(id);
}

function ambiguous(id: string, kind: string): string {
  const found = `ambiguous ID: Found both ${quote(id)} ${kind} and ${quote(id)} connector.`;
  const remedy = `rename ${quote(id)} connector to ${quote(`${id}/connector`)}`;
  return `connectors::${id}: ${found} Change one of the components' IDs to eliminate ambiguity (e.g. ${remedy})`;
}

function quote(text: string): string {
  return JSON.stringify(text);
}
