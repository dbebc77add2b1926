import type { BuildInfo } from '#build-info.ts';
import type { Factories } from '#config/load-config.ts';
import { providers } from '#config/providers.ts';

const signals = ['logs', 'metrics', 'traces'] as const;
type Signal = (typeof signals)[number];

/**
 * Returns the output of `components`: all components of the build with their stability
 * (docs/reference/collector-behaviour.md#command-line).
 */
export function listComponents(build: BuildInfo, factories: Factories): string {
  const { command, description, version } = build;
  const module = (kind: string, type: string) => `pitot/${kind}s/${type} v${version}`;
  const listed = (
    kind: string,
    list: readonly { readonly type: string; readonly stability: string }[],
    has: (factory: never, signal: Signal) => boolean,
  ) =>
    list
      .toSorted((a, b) => (a.type < b.type ? -1 : 1))
      .map((factory) => [
        `name: ${factory.type}`,
        `module: ${module(kind, factory.type)}`,
        'stability:',
        ...(kind === 'extension'
          ? [`  extension: ${factory.stability}`]
          : signals.map((signal) => `  ${signal}: ${has(factory as never, signal) ? factory.stability : 'Undefined'}`)),
      ]);
  const creates = (factory: Factories['exporters'][number] | Factories['processors'][number], signal: Signal) =>
    factory.create[signal] !== undefined;
  const sections = {
    receivers: listed('receiver', factories.receivers, (factory: Factories['receivers'][number], signal) =>
      factory.signals.includes(signal),
    ),
    processors: listed('processor', factories.processors, creates),
    exporters: listed('exporter', factories.exporters, creates),
    connectors: [],
    extensions: listed('extension', factories.extensions, () => false),
    providers: Object.keys(providers).map((scheme) => [
      `scheme: ${scheme}`,
      `module: pitot/config/${scheme} v${version}`,
    ]),
  };
  const head = `buildinfo:\n    command: ${command}\n    description: ${description}\n    version: ${version}\n`;
  return (
    head +
    Object.entries(sections)
      .map(([name, items]) => sectionText(name, items))
      .join('')
  );
}

/** Formats a list of maps with the indentation of the Collector's YAML. An item consists of its lines. */
function sectionText(name: string, items: readonly (readonly string[])[]): string {
  if (items.length === 0) return `${name}: []\n`;
  const text = items.map(([first, ...rest]) => [`    - ${first}`, ...rest.map((line) => `      ${line}`)].join('\n'));
  return `${name}:\n${text.join('\n')}\n`;
}
