import type { z } from 'zod';
import type { ComponentId } from '#component/component.ts';
import type { LoadedConfig } from '#config/load-config.ts';
import type { Plan } from './plan.ts';

type Section = 'receivers' | 'processors' | 'exporters' | 'extensions';

/** A configured component that the plan creates. */
export interface UsedComponent {
  readonly section: Section;
  readonly id: ComponentId;
  readonly schema: z.ZodType;
  /** Decoded, with defaults. */
  readonly config: unknown;
}

/** Returns the components that a plan creates, each once, in the order in which they start. */
export function usedComponents(loaded: LoadedConfig, { pipelines, extensions }: Plan): UsedComponent[] {
  const ids: Readonly<Record<Section, readonly ComponentId[]>> = {
    extensions,
    exporters: pipelines.flatMap((pipeline) => pipeline.exporters),
    processors: pipelines.flatMap((pipeline) => pipeline.processors),
    receivers: pipelines.flatMap((pipeline) => pipeline.receivers),
  };
  return (Object.keys(ids) as Section[]).flatMap((section) =>
    [...new Set(ids[section])].map((id) => {
      const { factory, config } = loaded[section].components.get(id)!;
      return { section, id, schema: factory.configSchema, config };
    }),
  );
}

/** Returns the words in which the Collector reports that a component cannot start. */
export function startFailure({ section, id }: UsedComponent, problem: string): string {
  if (section === 'extensions') return `failed to start extensions: ${problem}`;
  return `cannot start pipelines: failed to start ${JSON.stringify(id)} ${section.slice(0, -1)}: ${problem}`;
}
