import { writeFileSync } from 'node:fs';
import type { OttlFunction } from '#ottl/compile.ts';
import type { ContextName } from '#ottl/context.ts';
import { enumsOf } from '#ottl/enums.ts';
import { converters, editors, experimental } from '#ottl/functions/registry.ts';
import { pathsOf } from '#ottl/paths.ts';
import { signalContexts } from '#ottl/signal-contexts.ts';

/** Writes docs/ottl-functions.md from the functions, paths and enums of src/ottl. */
type Table = readonly {
  readonly functions: Readonly<Record<string, OttlFunction<unknown>>>;
  readonly contexts?: readonly ContextName[];
  readonly processor?: string;
}[];

function functionRows(table: Table): string {
  const rows = table.flatMap(({ functions, contexts, processor }) =>
    Object.entries(functions).map(([name, { parameters }]) => {
      const signature = Object.entries(parameters)
        .map(([parameter, { isOptional }]) => (isOptional ? `[${parameter}]` : parameter))
        .join(', ');
      const where = contexts ? contexts.map((context) => `\`${context}\``).join(', ') : 'all';
      const only = processor ? `, only \`${processor}\`` : '';
      return { name, row: `| \`${name}(${signature})\` | ${where}${only} |` };
    }),
  );
  return rows
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ row }) => row)
    .join('\n');
}

const contexts = Object.entries(signalContexts).flatMap(([signal, names]) =>
  names
    .filter((name) => signal === 'metrics' || !['resource', 'scope'].includes(name))
    .map((name) => [name, signal] as const),
);

const contextSections = contexts.map(([name, signal]) => {
  const enums = Object.keys(enumsOf(name));
  const shared = name === 'resource' || name === 'scope' ? 'metrics, traces, logs' : signal;
  const paths = [...pathsOf(name), 'cache'].map((path) => `\`${path}\``).join(', ');
  const enumLine = enums.length === 0 ? '' : `\nEnums: ${enums.map((symbol) => `\`${symbol}\``).join(', ')}.\n`;
  return `### \`${name}\`\n\nSignals: ${shared}.\n\nPaths: ${paths}.\n${enumLine}`;
});

writeFileSync(
  new URL('../docs/ottl-functions.md', import.meta.url),
  `<!-- Generated from src/ottl by \`npm run docs\`; do not edit. -->
# OTTL: functions, paths, and enums

The [filter](../src/processors/filter/README.md) and [transform](../src/processors/transform/README.md) processors have the functions of
otelcol-contrib 0.165, and answer the same. Parameters in brackets are optional. Arguments are given by position or by name:
\`Substring(name, 0, 5, utf8_safe=true)\`.

## Converters

Converters give a value. Conditions and statements use them.

| Converter | Contexts |
|---|---|
${functionRows(converters)}

## Editors

Editors change an item. A statement begins with one.

| Editor | Contexts |
|---|---|
${functionRows(editors)}

## Not supported

The Collector has these functions only behind a feature gate: ${experimental.map((name) => `\`${name}\``).join(', ')}. pitot
refuses them at startup. The name of any other unknown function is an error that lists the functions of the context.

## Contexts

A statement belongs to one kind of item, its context. Paths of outer items need a prefix: \`resource.attributes["k"]\`, \`metric.name\`. In groups
without \`context\`, all paths need one. \`otelcol.client.addr\`, \`otelcol.client.metadata["key"]\`, and \`otelcol.grpc.metadata["key"]\`
are the client of the request.

${contextSections.join('\n')}`,
);
