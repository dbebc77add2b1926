import { wrongChoice } from './choice-remedies.ts';
import { closest } from './closest.ts';
import { ConfigError } from './config-error.ts';
import { isGateEnabled } from './feature-gates.ts';
import { placeOf } from './hints.ts';
import type { LoadedConfig } from './load-config.ts';
import { validateConfig } from './schema.ts';
import type { ConfiguredSection } from './section.ts';
import { serviceConfig } from './service-config.ts';

/** A problem of a configuration whose parts have the correct types. */
interface WholeProblem {
  /** The Collector's message. */
  readonly message: string;
  /** Keys that lead to the problem. */
  readonly path: readonly string[];
  readonly remedy?: string | undefined;
  readonly isLocal?: boolean;
}

/**
 * Validates a configuration as a whole and every component in it (docs/reference/collector-behaviour.md#configuration-errors).
 * @param prefix text before the Collector's messages
 * @param isForElsewhere whether to ignore what only this machine lacks, such as a directory
 * @throws ConfigError with one line per problem
 */
export function requireValid(loaded: LoadedConfig, prefix = '', isForElsewhere = false): void {
  const problems = problemsOf(loaded).filter(({ isLocal }) => !(isForElsewhere && isLocal));
  if (problems.length === 0) return;
  const lines = problems.map(({ message }) => message);
  const hints = problems.flatMap(({ path, remedy }) => {
    const place = path.length === 0 ? undefined : placeOf(path, loaded.resolved);
    if (place === undefined && remedy === undefined) return [];
    const where = [...(place === undefined ? [] : [place]), ...(path.length === 0 ? [] : [path.join('::')])];
    return `hint: ${[...where, ...(remedy === undefined ? [] : [remedy])].join(': ')}`;
  });
  throw new ConfigError(`${prefix}${lines.join('\n')}`, { hints });
}

/** Same as the Collector, reports only the first problem among the references. */
function problemsOf(loaded: LoadedConfig): WholeProblem[] {
  const problems: WholeProblem[] = [];
  const whole = firstProblem(loaded);
  if (whole) problems.push(whole);
  for (const name of ['receivers', 'exporters', 'processors', 'extensions'] as const) {
    for (const { id, factory, config } of loaded[name].components.values()) {
      for (const { path, message, keys, remedy, isLocal } of validateConfig(factory.configSchema, config)) {
        const below = path === '' ? [] : path.split('::');
        const text = `${[name, id, ...below].join('::')}: ${message}`;
        const choice = remedy === undefined ? wrongChoice(factory.configSchema, config, message) : undefined;
        const place = choice?.keys ?? keys;
        problems.push({ message: text, path: [name, id, ...place], remedy: remedy ?? choice?.remedy, isLocal });
      }
    }
  }
  for (const { path, message, keys, remedy } of validateConfig(serviceConfig, loaded.service)) {
    problems.push({ message: `service::${path}: ${message}`, path: ['service', ...keys], remedy });
  }
  return problems;
}

function firstProblem(loaded: LoadedConfig): WholeProblem | undefined {
  const { receivers, processors, exporters, connectors, extensions, service } = loaded;
  if ([receivers, exporters, processors, connectors, extensions].every(isEmpty))
    return { message: 'empty configuration file', path: [] };
  const mayLackPipelines = isGateEnabled('service.AllowNoPipelines');
  for (const [kind, section] of [
    ['receiver', receivers],
    ['exporter', exporters],
  ] as const) {
    if (mayLackPipelines || !isEmpty(section)) continue;
    const remedy = `write a section ${JSON.stringify(`${kind}s`)} at the top level`;
    return { message: `no ${kind} configuration specified in config`, path: [], remedy };
  }
  for (const id of connectors.foreign) {
    for (const [kind, section] of [
      ['exporter', exporters],
      ['receiver', receivers],
    ] as const) {
      if (has(section, id)) return { message: ambiguous(id, kind), path: ['connectors', id] };
    }
  }
  for (const id of service.extensions) {
    if (has(extensions, id)) continue;
    const message = `service::extensions: references extension ${quote(id)} which is not configured`;
    return { message, path: ['service', 'extensions'], remedy: referenceRemedy(id, 'extensions', extensions) };
  }
  for (const { id, ...parts } of Object.values(service.pipelines)) {
    for (const [kind, section] of [
      ['receiver', receivers],
      ['processor', processors],
      ['exporter', exporters],
    ] as const) {
      const joins = kind !== 'processor';
      const missing = parts[`${kind}s`].find((name) => !has(section, name) && !(joins && has(connectors, name)));
      if (missing === undefined) continue;
      const message = `service::pipelines::${id}: references ${kind} ${quote(missing)} which is not configured`;
      const remedy = referenceRemedy(missing, `${kind}s`, section);
      return { message, path: ['service', 'pipelines', id, `${kind}s`], remedy };
    }
  }
  return undefined;
}

/** Returns the correction of a name that the section does not contain. */
function referenceRemedy(id: string, name: string, { components, foreign }: ConfiguredSection<unknown>): string {
  const configured = [...components.keys(), ...foreign];
  const similar = closest(id, configured);
  if (similar !== undefined) return `did you mean ${quote(similar)}?`;
  if (configured.length === 0) return `there is no section ${quote(name)}`;
  return `${name} has ${configured.map(quote).join(', ')}`;
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
