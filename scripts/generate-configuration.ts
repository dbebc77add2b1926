import { writeFileSync } from 'node:fs';
import { builtinConfig } from '#cli/builtin-config.ts';
import { components } from '#components.ts';
import { featureGates } from '#config/feature-gates.ts';
import { config } from '#config/schema.ts';
import { serviceConfig } from '#config/service-config.ts';
import { httpServerShape } from '#http/server-config.ts';
import { hasShape, keyTable } from './configuration-tables.ts';

/** Writes docs/configuration.md from the schemas with which configurations are read. */
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
      const also = others.length === 0 ? '' : ` Also written ${others.map((alias) => `\`${alias}\``).join(', ')}.`;
      const table = keyTable(configSchema, httpServer);
      const server = hasShape(configSchema, httpServer)
        ? '\nand the keys of every [HTTP server](#http-servers).\n'
        : '';
      return `### \`${type}\`\n\nStability: ${stability}.${also}\n\n${table}${server}`;
    });
  return `## ${title}\n\n${pages.join('\n')}`;
});

const gates = featureGates().map(({ id, stage, enabled, description }) => {
  return `| \`${id}\` | ${stage} | ${enabled ? 'on' : 'off'} | ${description} |`;
});

writeFileSync(
  new URL('../docs/configuration.md', import.meta.url),
  `<!-- Generated from the schemas in src by \`npm run docs\`; do not edit. -->
# Configuration

A configuration is YAML with the sections \`receivers\`, \`processors\`, \`exporters\`, \`extensions\` and \`service\`, as the collector has it. A
component is written \`type\` or \`type/name\`; it does something when a pipeline (or \`service.extensions\`) names it. Unknown keys are errors.
\`pitot validate --config=FILE\` checks a file, \`pitot print-config --config=FILE\` shows it with everything that was left out.

* **Durations**: \`300ms\`, \`1h30m\`; a bare number counts nanoseconds, as in the collector.
* **No value** (\`key:\`): the type's zero, not the default; a group marked *optional* stays off, or goes on when it has defaults.
* **\`\${env:NAME}\`**, \`\${env:NAME:-default}\`, \`\${file:PATH}\`, \`\${yaml:TEXT}\`, \`\${http://…}\`; \`$$\` is a dollar sign.
* **Locations**: \`--config\` takes a path, \`file:\`, \`env:\`, \`yaml:\`, \`http:\` or \`https:\`, and may be repeated: later ones are merged into earlier
  ones, lists and single values replace. \`--set a.b=value\` comes last.
* **Reloading**: SIGHUP reads all of it again. What did not change goes on with its state; when something is wrong the old configuration stays.
* Components of otelcol-contrib that are not built in: see [compatibility](compatibility.md).

Without \`--config\` this is used:

\`\`\`yaml
${builtinConfig.trim()}
\`\`\`

${componentPages.join('\n')}
## HTTP servers

${keyTable(config('server', httpServer))}
## Service

${keyTable(serviceConfig)}
## Feature gates

\`--feature-gates=a,-b\` switches them, \`pitot featuregate\` lists them. Names of gates of the collector's other components are ignored.

| gate | stage | default | |
|---|---|---|---|
${gates.join('\n')}
`,
);
