import { ConfigError } from '#config/config-error.ts';
import { placeOf } from '#config/hints.ts';
import type { LoadedConfig } from '#config/load-config.ts';
import { BuildError } from '#pipeline/build-error.ts';
import { type BuildTools, buildGraph, type Graph } from '#pipeline/build-graph.ts';
import type { GraphNode } from '#pipeline/node.ts';
import { type Plan, planPipelines } from '#pipeline/plan.ts';

/** What a configuration's pipelines get. @throws ConfigError with the place in the configuration */
export function planFor(loaded: LoadedConfig): Plan {
  return placed(loaded, () => planPipelines(loaded));
}

/** The components of a plan, see `buildGraph`. @throws ConfigError with the place in the configuration */
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

/** For `validate`: what of a configuration that is fine will not be served, or is spelled in an old way. */
export function remarksOn(loaded: LoadedConfig, plan: Plan): string[] {
  const remarks = plan.warnings.map(({ message, fields }) => {
    const [kind, id] = Object.entries(fields)[0] as [string, string];
    const path = kind === 'pipeline' ? ['service', 'pipelines', id] : [`${kind}s`, id];
    const place = placeOf(path, loaded.resolved);
    return [...(place === undefined ? [] : [place]), path.join('::'), message].join(': ');
  });
  const notices = loaded.notices.map(({ message, fields }) => `${message} ${JSON.stringify(fields)}`);
  return [...notices, ...remarks].map((remark) => `hint: ${remark}`);
}
