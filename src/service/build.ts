import type { ComponentKind } from '#component/component.ts';
import { ConfigError } from '#config/config-error.ts';
import { placeOf } from '#config/hints.ts';
import type { LoadedConfig } from '#config/load-config.ts';
import { successorOf } from '#config/removed-components.ts';
import { unusedComponents } from '#config/unused-components.ts';
import { BuildError } from '#pipeline/build-error.ts';
import { type BuildTools, buildGraph, type Graph } from '#pipeline/build-graph.ts';
import { requireAddresses } from '#pipeline/check-addresses.ts';
import { requireFiles } from '#pipeline/check-files.ts';
import { requireLogEncoding } from '#pipeline/check-log-encoding.ts';
import { requireExtensions } from '#pipeline/check-references.ts';
import type { GraphNode } from '#pipeline/node.ts';
import { aliasWarning, type Plan, planPipelines } from '#pipeline/plan.ts';
import { usedComponents } from '#pipeline/used-components.ts';

/**
 * Returns the components that a configuration creates, after all checks that need no component.
 * @throws ConfigError with the place in the configuration
 */
export function planFor(loaded: LoadedConfig): Plan {
  return placed(loaded, () => {
    const plan = planPipelines(loaded);
    const used = usedComponents(loaded, plan);
    requireExtensions(loaded, used);
    requireLogEncoding(loaded);
    requireAddresses(loaded, used);
    requireFiles(used);
    return plan;
  });
}

/**
 * Returns the components of a plan; see `buildGraph`.
 * @throws ConfigError with the place in the configuration
 */
export function graphFor(
  { loaded, plan }: { readonly loaded: LoadedConfig; readonly plan: Plan },
  tools: BuildTools,
  reusable?: ReadonlyMap<string, GraphNode>,
): Graph {
  return placed(loaded, () => buildGraph({ loaded, plan }, tools, reusable));
}

function placed<Result>({ resolved }: LoadedConfig, build: () => Result): Result {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    const { message, path, remedy } = error;
    const place = placeOf(path, resolved);
    const parts = [...(place === undefined ? [] : [place]), path.join('::'), ...(remedy === undefined ? [] : [remedy])];
    throw new ConfigError(message, { hints: [`hint: ${parts.join(': ')}`] });
  }
}

/**
 * Returns the remarks of `validate` about a valid configuration: ignored and unused components, and older spellings.
 */
export function remarksOn(loaded: LoadedConfig, plan: Plan): string[] {
  const ignored = plan.warnings.map(({ message, fields }) => {
    const [kind, id] = Object.entries(fields)[0] as [string, string];
    const section = loaded.connectors.foreign.has(id) ? 'connectors' : `${kind}s`;
    const path = kind === 'pipeline' ? ['service', 'pipelines', id] : [section, id];
    const { reason, use } = fields;
    const details = [...(reason === undefined ? [] : [reason]), ...(use === undefined ? [] : [`use ${use}`])];
    return remark(loaded, path, [message, ...details].join('; '));
  });
  const aliases = usedComponents(loaded, plan).flatMap(({ section, id }) => {
    const configured = loaded[section].components.get(id)!;
    const warning = aliasWarning(configured);
    // Other deprecated names are still those of the Collector, which only its log mentions.
    const isRemoved = successorOf(section.slice(0, -1) as ComponentKind, configured.type) !== undefined;
    return warning === undefined || !isRemoved ? [] : [remark(loaded, [section, id], warning)];
  });
  const unused = unusedComponents(loaded).map((path) =>
    remark(
      loaded,
      path,
      path[0] === 'extensions' ? 'not in service::extensions; ignored' : 'not in a pipeline; ignored',
    ),
  );
  const notices = loaded.notices.map(({ message, fields }) => {
    const { key, ...rest } = fields;
    if (typeof key !== 'string') return `${message} ${JSON.stringify(fields)}`;
    return remark(
      loaded,
      key.split('::'),
      Object.keys(rest).length === 0 ? message : `${message} ${JSON.stringify(rest)}`,
    );
  });
  return [...notices, ...aliases, ...ignored, ...unused].map((text) => `hint: ${text}`);
}

function remark({ resolved }: LoadedConfig, path: readonly string[], text: string): string {
  const place = placeOf(path, resolved);
  return [...(place === undefined ? [] : [place]), path.join('::'), text].join(': ');
}
