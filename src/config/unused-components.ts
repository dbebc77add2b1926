import type { LoadedConfig } from './load-config.ts';

/** Returns the path of each configured component that no pipeline and no `service.extensions` refers to. */
export function unusedComponents(loaded: LoadedConfig): (readonly [section: string, id: string])[] {
  const { service, connectors } = loaded;
  const pipelines = Object.values(service.pipelines);
  const used = {
    receivers: new Set(pipelines.flatMap(({ receivers }) => receivers)),
    processors: new Set(pipelines.flatMap(({ processors }) => processors)),
    exporters: new Set(pipelines.flatMap(({ exporters }) => exporters)),
    extensions: new Set(service.extensions),
    connectors: new Set(pipelines.flatMap(({ receivers, exporters }) => [...receivers, ...exporters])),
  };
  const sections = { ...loaded, connectors };
  return (Object.keys(used) as (keyof typeof used)[]).flatMap((name) =>
    [...sections[name].components.keys(), ...sections[name].foreign]
      .filter((id) => !used[name].has(id))
      .map((id) => [name, id] as const),
  );
}
