import { stringify } from 'yaml';
import type { BuildInfo } from '../build-info.ts';
import type { Factories } from '../config/load-config.ts';
import { providers } from '../config/providers.ts';

/** What `components` prints: everything that is built in, with its stability (behaviour.md §4.1). */
export function listComponents(build: BuildInfo, factories: Factories): string {
  const { command, description, version } = build;
  const module = (kind: string, type: string) => `pitot/${kind}s/${type} v${version}`;
  const listed = (
    kind: string,
    list: readonly { readonly type: string; readonly stability: string }[],
    signalsOf: (factory: never) => readonly string[],
  ) =>
    list
      .toSorted((a, b) => (a.type < b.type ? -1 : 1))
      .map((factory) => ({
        name: factory.type,
        module: module(kind, factory.type),
        stability: Object.fromEntries(signalsOf(factory as never).map((signal) => [signal, factory.stability])),
      }));
  const created = (factory: Factories['exporters'][number] | Factories['processors'][number]) => [
    ...(factory.createLogs ? ['logs'] : []),
    ...(factory.createMetrics ? ['metrics'] : []),
    ...(factory.createTraces ? ['traces'] : []),
  ];
  const document = {
    buildinfo: { command, description, version },
    receivers: listed('receiver', factories.receivers, ({ signals }: Factories['receivers'][number]) =>
      signals.toSorted(),
    ),
    processors: listed('processor', factories.processors, created),
    exporters: listed('exporter', factories.exporters, created),
    connectors: [],
    extensions: listed('extension', factories.extensions, () => ['extension']),
    providers: Object.keys(providers).map((scheme) => ({ scheme, module: `pitot/config/${scheme} v${version}` })),
  };
  return stringify(document, { indent: 4, lineWidth: 0 });
}
