import type { ExporterFactory, ExtensionFactory, ProcessorFactory, ReceiverFactory } from '#component/factory.ts';
import { parseComponentId } from './component-id.ts';
import type { Factories } from './load-config.ts';
import { isRawMap, type RawMap, withoutText } from './raw-value.ts';

/** A component type whose code is loaded when a configuration names it: its names, deprecated and later ones included, and its factory. */
type CatalogEntry<Factory> = readonly [names: readonly string[], load: () => Promise<Factory>];

/** The component types of a distribution, by kind. */
export interface Catalog {
  readonly receivers: readonly CatalogEntry<ReceiverFactory>[];
  readonly processors: readonly CatalogEntry<ProcessorFactory>[];
  readonly exporters: readonly CatalogEntry<ExporterFactory>[];
  readonly extensions: readonly CatalogEntry<ExtensionFactory>[];
}

/**
 * Loads the factories of the types that a configuration names, used or not; without a configuration, those of all types. The others would
 * need memory and startup time for nothing.
 */
export async function loadFactories(catalog: Catalog, raw?: RawMap): Promise<Factories> {
  const [receivers, processors, exporters, extensions] = await Promise.all([
    loadKind(catalog.receivers, raw && typesIn(raw.receivers)),
    loadKind(catalog.processors, raw && typesIn(raw.processors)),
    loadKind(catalog.exporters, raw && typesIn(raw.exporters)),
    loadKind(catalog.extensions, raw && typesIn(raw.extensions)),
  ]);
  return {
    receivers: receivers.loaded,
    processors: processors.loaded,
    exporters: exporters.loaded,
    extensions: extensions.loaded,
    otherNames: {
      receivers: receivers.otherNames,
      processors: processors.otherNames,
      exporters: exporters.otherNames,
      extensions: extensions.otherNames,
    },
  };
}

async function loadKind<Factory>(
  entries: readonly CatalogEntry<Factory>[],
  types: ReadonlySet<string> | undefined,
): Promise<{ readonly loaded: readonly Factory[]; readonly otherNames: readonly string[] }> {
  const isNamed = ([names]: CatalogEntry<Factory>) => types === undefined || names.some((name) => types.has(name));
  return {
    loaded: await Promise.all(entries.filter(isNamed).map(([, load]) => load())),
    otherNames: entries.filter((entry) => !isNamed(entry)).flatMap(([names]) => names),
  };
}

/** Returns the types in a section. Decoding reports what is invalid. */
function typesIn(section: unknown): ReadonlySet<string> {
  const map = withoutText(section);
  const types = new Set<string>();
  for (const key of isRawMap(map) ? Object.keys(map) : []) {
    try {
      types.add(parseComponentId(key).type);
    } catch {}
  }
  return types;
}
