import type { BuildInfo } from '#build-info.ts';
import type { Factories } from '#config/load-config.ts';
import { providers } from '#config/providers.ts';

const signals = ['logs', 'metrics', 'traces'] as const;
type Signal = (typeof signals)[number];

type Item = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** The build and its components, as `components` lists them. */
export interface BuiltIn {
  readonly buildinfo: Readonly<Record<'command' | 'description' | 'version', string>>;
  readonly [section: string]: readonly Item[] | BuiltIn['buildinfo'];
}

/** Returns all components of the build with their stability (docs/reference/collector-behaviour.md#command-line). */
export function builtIn({ command, description, version }: BuildInfo, factories: Factories): BuiltIn {
  const listed = <Factory extends { readonly type: string; readonly stability: string }>(
    kind: string,
    list: readonly Factory[],
    has: ((factory: Factory, signal: Signal) => boolean) | undefined,
  ): Item[] =>
    list
      .toSorted((a, b) => (a.type < b.type ? -1 : 1))
      .map((factory) => ({
        name: factory.type,
        module: `pitot/${kind}s/${factory.type} v${version}`,
        stability: has
          ? Object.fromEntries(
              signals.map((signal) => [signal, has(factory, signal) ? factory.stability : 'Undefined'] as const),
            )
          : { extension: factory.stability },
      }));
  const creates = (factory: Factories['exporters'][number] | Factories['processors'][number], signal: Signal) =>
    factory.create[signal] !== undefined;
  return {
    buildinfo: { command, description, version },
    receivers: listed('receiver', factories.receivers, (factory, signal) => factory.signals.includes(signal)),
    processors: listed('processor', factories.processors, creates),
    exporters: listed('exporter', factories.exporters, creates),
    connectors: [],
    extensions: listed('extension', factories.extensions, undefined),
    providers: Object.keys(providers).map((scheme) => ({ scheme, module: `pitot/config/${scheme} v${version}` })),
  };
}

/** Returns the output of `components`, with the indentation of the Collector's YAML. */
export function componentsText({ buildinfo, ...sections }: BuiltIn): string {
  const { command, description, version } = buildinfo;
  const head = `buildinfo:\n    command: ${command}\n    description: ${description}\n    version: ${version}\n`;
  return (
    head +
    Object.entries(sections as Record<string, Item[]>)
      .map(sectionText)
      .join('')
  );
}

function sectionText([name, items]: [string, readonly Item[]]): string {
  if (items.length === 0) return `${name}: []\n`;
  const text = items.map((item) => {
    const lines = Object.entries(item).flatMap(([key, value]) =>
      typeof value === 'string'
        ? [`${key}: ${value}`]
        : [`${key}:`, ...Object.entries(value).map(([a, b]) => `  ${a}: ${b}`)],
    );
    return lines.map((line, i) => `${i === 0 ? '    - ' : '      '}${line}`).join('\n');
  });
  return `${name}:\n${text.join('\n')}\n`;
}
