import type { ComponentId, ComponentKind } from '#component/component.ts';
import type { Signal } from '#component/signals.ts';
import type { LoadedConfig } from '#config/load-config.ts';
import type { ConfiguredComponent } from '#config/section.ts';
import { BuildError } from './build-error.ts';

/** A pipeline with the components that it really gets. */
export interface PlannedPipeline {
  readonly id: string;
  readonly signal: Signal;
  readonly receivers: readonly ComponentId[];
  readonly processors: readonly ComponentId[];
  readonly exporters: readonly ComponentId[];
}

/** What is to be built, before anything is. */
export interface Plan {
  readonly pipelines: readonly PlannedPipeline[];
  readonly extensions: readonly ComponentId[];
  /** What of the configuration is not served, one line each. */
  readonly warnings: readonly { readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[];
}

/**
 * Decides what to do about components of otelcol-contrib that are not built in (kubernetes.md §1.2): a receiver is not served,
 * a pipeline that is left without receivers is off, an extension is left out, each with one warning. A processor or exporter
 * in a metrics pipeline is an error, because the result would not be what the configuration says.
 * @throws BuildError
 */
export function planPipelines(loaded: LoadedConfig): Plan {
  const warnings: { message: string; fields: Record<string, unknown> }[] = [];
  const warn = (message: string, fields: Record<string, unknown>) => void warnings.push({ message, fields });
  const foreign = (kind: ComponentKind, id: ComponentId) =>
    (kind !== 'processor' && loaded.connectors.foreign.has(id)) || loaded[`${kind}s`].foreign.has(id);
  const pipelines: PlannedPipeline[] = [];
  const notServed = new Map<string, string[]>();
  for (const { id, signal, ...parts } of Object.values(loaded.service.pipelines)) {
    const path = ['service', 'pipelines', id];
    if (signal === 'profiles') {
      throw new BuildError(`pipelines: pipeline ${JSON.stringify(id)}: profiles are not built in`, { path });
    }
    for (const kind of ['processor', 'exporter'] as const) {
      const missing = parts[`${kind}s`].find((name) => foreign(kind, name));
      if (missing !== undefined && signal === 'metrics') {
        const what = `${JSON.stringify(missing)} ${kind}, in pipeline ${JSON.stringify(id)}`;
        const problem = `failed to create ${what}: it is a component of otelcol-contrib that is not built in here`;
        const remedy = 'without it the metrics would not be what the configuration says: take it out of this pipeline';
        throw new BuildError(`pipelines: ${problem}`, { path: [...path, `${kind}s`], remedy });
      }
    }
    const kept = (kind: ComponentKind, names: readonly ComponentId[]) => {
      for (const name of names.filter((each) => foreign(kind, each))) {
        const key = `${kind} ${name}`;
        notServed.set(key, [...(notServed.get(key) ?? []), id]);
      }
      // The same component twice counts once, as in the collector.
      return [...new Set(names.filter((each) => !foreign(kind, each)))];
    };
    const planned = {
      id,
      signal,
      receivers: kept('receiver', parts.receivers),
      processors: kept('processor', parts.processors),
      exporters: kept('exporter', parts.exporters),
    };
    if (planned.receivers.length > 0 && planned.exporters.length > 0) pipelines.push(planned);
    else warn('A pipeline is off, because none of its receivers or exporters is built in', { pipeline: id });
  }
  for (const [key, inPipelines] of notServed) {
    const [kind, id] = key.split(' ');
    const message = `A component of otelcol-contrib is not built in: this ${kind} is not served`;
    warn(message, { [kind!]: id, pipelines: inPipelines });
  }
  const extensions = loaded.service.extensions.filter((id) => {
    if (!loaded.extensions.foreign.has(id)) return true;
    warn('A component of otelcol-contrib is not built in: this extension is left out', { extension: id });
    return false;
  });
  return { pipelines, extensions: [...new Set(extensions)], warnings };
}

/** Warnings about spellings that are on their way out, in the collector's words. */
export function aliasWarning({
  type,
  factory,
}: ConfiguredComponent<{ readonly type: string; readonly aliases?: readonly string[] }>): string | undefined {
  if (!factory.aliases?.includes(type)) return undefined;
  return `"${type}" alias is deprecated; use "${factory.type}" instead`;
}
