import { writeFileSync } from 'node:fs';
import { builtinConfig } from '#cli/builtin-config.ts';
import { factoriesFor } from '#components.ts';
import { featureGates } from '#config/feature-gates.ts';
import { config } from '#config/schema.ts';
import { serviceConfig } from '#config/service-config.ts';
import { httpServerShape } from '#http/server-config.ts';
import { hasShape, keyTable, withoutEffectRows } from './configuration-tables.ts';

const components = await factoriesFor();

/** Writes docs/configuration.md from the schemas that validate configurations. */
const sections = [
  ['Receivers', components.receivers],
  ['Processors', components.processors],
  ['Exporters', components.exporters],
  ['Extensions', components.extensions],
] as const;
const httpServer = httpServerShape({});

const componentPages = sections.map(([title, factories]) => {
  const pages = factories
    .toSorted((a, b) => (a.type < b.type ? -1 : 1))
    .map(({ type, aliases = [], laterNames = [], stability, configSchema }) => {
      const others = [...aliases, ...laterNames];
      const also = others.length === 0 ? '' : ` Other names: ${others.map((alias) => `\`${alias}\``).join(', ')}.`;
      const table = keyTable(configSchema, httpServer);
      const server = hasShape(configSchema, httpServer)
        ? '\nThe component also has the keys of every [HTTP server](#http-servers).\n'
        : '';
      return `### \`${type}\`\n\nStability: ${stability}.${also}\n\n${table}${server}`;
    });
  return `## ${title}\n\n${pages.join('\n')}`;
});

const ignored = [
  ...sections.flatMap(([title, factories]) =>
    factories.flatMap(({ type, configSchema }) => {
      return withoutEffectRows(`${title.slice(0, -1).toLowerCase()} \`${type}\``, configSchema, httpServer);
    }),
  ),
  ...withoutEffectRows('HTTP servers', config('server', httpServer)),
  ...withoutEffectRows('`service`', serviceConfig),
];

const gates = featureGates().map(({ id, stage, enabled, description }) => {
  return `| \`${id}\` | ${stage} | ${enabled ? 'enabled' : 'disabled'} | ${description} |`;
});

writeFileSync(
  new URL('../docs/configuration.md', import.meta.url),
  `<!-- Generated from the schemas in src by \`npm run docs\`; do not edit. -->
# Configuration

This page lists every setting with its type and default. A configuration is a YAML file with the sections \`receivers\`, \`processors\`,
\`exporters\`, \`extensions\`, and \`service\`, same as for the Collector. A component is written as \`type\` or \`type/name\`. It runs only if a
pipeline or \`service.extensions\` refers to it. Unknown keys are errors. Run \`pitot validate --config=FILE\` to check a file, and
\`pitot print-config --config=FILE\` to print it with all defaults.

| Topic | Rule |
|---|---|
| Durations | \`300ms\`, \`1h30m\`. A number without a unit means nanoseconds, same as in the Collector. |
| Keys without a value (\`key:\`) | The zero value of the type, not the default. A group marked *optional* remains off, unless it has defaults. |
| References | \`\${env:NAME}\`, \`\${env:NAME:-default}\`, \`\${file:PATH}\`, \`\${yaml:TEXT}\`, \`\${http://…}\`. \`$$\` is a dollar sign. |
| Locations | \`--config\` accepts a path, \`file:\`, \`env:\`, \`yaml:\`, \`http:\`, and \`https:\`, and can be repeated. Later maps are merged into earlier ones. Later lists and scalars replace earlier ones. \`--set a.b=value\` is applied last. |
| Reload | SIGHUP reads the configuration again. Components whose settings are unchanged keep their state. If the configuration is invalid, the previous one remains active. |
| Unsupported components | See [Compatibility](compatibility.md). |

Without \`--config\`, pitot uses this configuration:

\`\`\`yaml
${builtinConfig('~/.local/state/pitot').trim()}
\`\`\`

${componentPages.join('\n')}
## HTTP servers

${keyTable(config('server', httpServer))}
## Service

${keyTable(serviceConfig)}
## Settings without effect

pitot accepts these settings, so that existing configurations remain valid, but ignores them. If one of them is configured, pitot logs
\`Settings have no effect in pitot\` with its path. A group includes all of its keys.

| Component | Keys | Reason |
|---|---|---|
${ignored.join('\n')}

## Feature gates

\`--feature-gates=a,-b\` enables \`a\` and disables \`b\`. \`pitot featuregate\` lists all gates. Gates of Collector components that pitot does not
support are ignored.

| Gate | Stage | Default | Description |
|---|---|---|---|
${gates.join('\n')}
`,
);
